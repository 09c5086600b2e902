import Posix
import Testing

/// What becomes of the modes of outputs: readable by all, and executable where the unit made them so.
struct OutputModeTests {
    private static let definition = """
        project: p
        stages:
          compile:
            units:
              exe: { command: [sh, -c, 'printf "#!/bin/sh\\necho hi\\n" > "$1"; chmod 750 "$1"', x, "{output}"], inputs: in.txt, outputs: out/exe }
              plain: { command: [sh, -c, 'printf "#!/bin/sh\\necho hi\\n" > "$1"', x, "{output}"], inputs: in.txt, outputs: out/plain }
              use: { command: [sh, -c, './out/exe > "$1"', x, "{output}"], inputs: out/exe, outputs: out/use }
              closed: { command: [sh, -c, 'umask 077; echo a > "$1"', x, "{output}"], outputs: out/closed }
              twin: { command: [sh, -c, 'umask 077; echo a > "$1"', x, "{output}"], inputs: out/closed, outputs: out/twin }
        """

    @Test(
        "U38: an executable output stays one, also from the store and beside equal content; other modes are the same each time"
    )
    func modes() throws {
        let project = try UnitProject(Self.definition)
        try project.write("in.txt", "x")
        func check(_ comment: String) throws {
            for (name, mode) in [
                ("exe", UInt32(0o555)), ("plain", 0o444), ("closed", 0o444), ("twin", 0o444),
            ] {
                let found = try FileSystem.status(project.path("out/\(name)"))?.mode
                #expect(found == mode, "\(comment): \(name) \(String(found ?? 0, radix: 8))")
            }
            #expect(try project.text("out/use") == "hi\n")
        }
        let first = try project.run()
        #expect(first.ran.count == 5, "\(first.standardError)")
        try check("made")
        _ = try project.shell("rm -f out/*")
        #expect(try project.run().units("restored").count == 5)
        try check("from the store")
        try project.write("in.txt", "y")
        _ = try project.run()
        try project.write("in.txt", "x")
        _ = try project.run()
        try check("back again")
    }
}
