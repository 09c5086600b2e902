/// Texts as words of a POSIX shell.
enum ShellText {
    /// One word that stands for exactly this text: in single quotes everything but the single quote is
    /// literal (POSIX.1-2017, Shell Command Language, 2.2.2).
    static func quoted(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
        }
        return result + "'"
    }

    /// A script of bash: the values it works on as assignments, then its body, which is the same for all.
    static func script(_ values: [(name: String, value: String)], body: [UInt8]) -> String {
        let assignments = values.map { "readonly \($0.name)=\(quoted($0.value))\n" }.joined()
        return "#!/bin/bash\n" + assignments + "\n" + String(decoding: body, as: UTF8.self)
    }
}
