import Glibc

extension Host {
    /// The kernel's name and the processor's architecture (uname(2)), as `linux x86_64`.
    package static var system: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return "\(text(&names.sysname).lowercased()) \(text(&names.machine))"
    }

    /// The C library and its version (confstr(3)), as `glibc 2.36`.
    package static var library: String {
        let length = confstr(Int32(_CS_GNU_LIBC_VERSION), nil, 0)
        guard length > 0 else { return "unknown" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length) { buffer in
            guard let base = buffer.baseAddress,
                confstr(Int32(_CS_GNU_LIBC_VERSION), base, length) > 0
            else { return "unknown" }
            return String(cString: base)
        }
    }

    /// What the processor can do beyond its architecture, sorted: the names of `/proc/cpuinfo`. Empty where it has none.
    package static func processorFeatures() -> [String] {
        let text = try? FileSystem.readText("/proc/cpuinfo", limit: 1 << 20)  // try?: empty
        let lines = (text ?? "").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("flags") || $0.hasPrefix("Features") }),
            let colon = line.firstIndex(of: ":")
        else { return [] }
        return line[line.index(after: colon)...].split(separator: " ").map(String.init).sorted()
    }

    /// Of a field of `utsname`: an array of characters that ends at a zero.
    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
