import FileFormats
import Posix
import Testing

/// Checks of outputs: a whole file of each format passes, the same file without its end does not.
struct OutputCheckTests {
    private static let python =
        String(#filePath.dropLast("/Tests/Program/Units/OutputCheckTests.swift".count))
        + "/.venv/bin/python"

    /// Programs that each write one whole file, by the name of their format.
    private static let writers = [
        "feather": [
            "import pyarrow as pa, pyarrow.feather as f; f.write_feather(pa.table({'a': range(5000)}), path)"
        ],
        "parquet": [
            "import pyarrow as pa, pyarrow.parquet as q; q.write_table(pa.table({'a': range(5000)}), path)"
        ],
        "hdf5": [
            "import h5py; f = h5py.File(path, 'w'); f['a'] = list(range(5000)); f.close()",
            "import h5py; f = h5py.File(path, 'w', libver='latest'); f['a'] = list(range(5000)); f.close()",
        ],
        "json": ["import json; json.dump(list(range(5000)), open(path, 'w'))"],
        "sqlite": [
            "import sqlite3; c = sqlite3.connect(path); c.execute('create table a (b)'); "
                + "c.executemany('insert into a values (?)', [(str(i) * 9,) for i in range(5000)]); c.commit()"
        ],
        "zip": [
            "import zipfile; z = zipfile.ZipFile(path, 'w'); z.writestr('a', 'b' * 5000); z.close()"
        ],
        "nonempty": ["open(path, 'w').write('a')"],
    ]

    @Test(
        "U43: a whole file of each format passes its check, and one that was cut anywhere does not",
        arguments: FileFormat.all.map(\.name))
    func formats(check: String) throws {
        for writer in try #require(Self.writers[check], "no program writes a file to try it on") {
            let project = try UnitProject(
                """
                project: p
                stages:
                  compile:
                    check: \(check)
                    units:
                      cut: { matrix: { part: { from: 0, to: 10 } }, command: [\(Self.python), w.py, "{part}", "{output}"], outputs: "out/{part}" }
                """)
            try project.write(
                "w.py",
                """
                import os, sys
                part, path = int(sys.argv[1]), sys.argv[2]
                \(writer)
                os.truncate(path, os.path.getsize(path) * part // 10)

                """)
            let run = try project.run()
            #expect(run.ran == ["compile/cut/10"], "\(run.standardError)")
            #expect(run.units("failed").count == 10)
        }
    }

    @Test("U43: a check may be a command of the project's")
    func command() throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                check: [sh, -c, 'grep -q end "$1" || (echo no end; exit 1)', sh, "{output}"]
                units:
                  good: { command: [sh, -c, 'echo end > "$1"', sh, "{output}"], outputs: out/good }
                  bad: { command: [sh, -c, 'echo beg > "$1"', sh, "{output}"], outputs: out/bad }
            """)
        let run = try project.run()
        #expect(run.ran == ["compile/good"])
        #expect(run.message(of: "compile/bad").contains("no end"))
    }
}
