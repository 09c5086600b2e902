import JSON
import Processes
package import ProjectScaffold

/// Reads what programs in Python, R, shell and makefiles do to files, and runs none of them.
///
/// The work is done by a program in Python of the standard library alone, which reads texts.
package enum ProgramReader {
    /// Adds programs and credentials to what is known of a folder.
    ///
    /// - Parameters:
    ///   - root: absolute.
    ///   - paths: files below it that may be programs or hold credentials.
    /// - Returns: the facts with what was found; without Python 3 they say so.
    package static func read(
        _ facts: SiteFacts, root: String, programs paths: [String], texts: [String],
        timeout: Double = 120
    ) -> SiteFacts {
        var facts = facts
        guard !paths.isEmpty || !texts.isEmpty else { return facts }
        guard let python = interpreter(facts, root: root) else {
            facts.reading = .notDone("there is no python3 here")
            return facts
        }
        do {
            let answer = try run(python, root: root, paths, texts, timeout)
            let document = try ProgramDocument(answer)
            facts.programs = document.programs
            facts.credentials = document.credentials
        } catch let error as Unreadable {
            facts.reading = .notDone(error.reason)
        } catch {
            facts.reading = .notDone("\(python) failed: \(error)")
        }
        return facts
    }

    private struct Unreadable: Error {
        let reason: String
    }

    private static func run(
        _ python: String, root: String, _ paths: [String], _ texts: [String], _ timeout: Double
    ) throws -> String {
        // Isolated: neither the user's packages nor variables of Python take part.
        let command = ProcessCommand(
            [python, "-I", "-B", "-S", "-c", loader],
            environment: ["PYTHONPATH": nil, "PYTHONHOME": nil], directory: "/")
        let modules = sources.map { (key: $0.name, value: JSONText.quoted($0.text)) }
        let request = JSONText.object([
            (key: "root", value: JSONText.quoted(root)),
            (key: "files", value: JSONText.array(strings: paths)),
            (key: "texts", value: JSONText.array(strings: texts)),
            (key: "modules", value: JSONText.object(modules)),
        ])
        let output = try ProcessRunner.run(
            command, input: Array(request.utf8), outputLimit: 64 << 20, timeout: timeout)
        guard output.exit == .exited(0) else {
            let last = output.standardErrorText.split(separator: "\n").last.map(String.init) ?? ""
            throw Unreadable(reason: "\(python) failed: \(last)")
        }
        return output.standardOutputText
    }

    /// The project's own, else the system's.
    private static func interpreter(_ facts: SiteFacts, root: String) -> String? {
        let own = facts.python.map { "\(root)/\($0)" }
        for candidate in [own, "python3", "python"].compactMap(\.self) {
            let check = ProcessCommand(
                [candidate, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 9))"],
                directory: "/")
            let output = try? ProcessRunner.run(check, timeout: 10)  // try?: the next one is tried
            if output?.exit == .exited(0) { return candidate }
        }
        return nil
    }

    /// Its modules come with the request, so that nothing is written anywhere.
    private static let loader = """
        import importlib.abc, importlib.util, json, sys
        request = json.load(sys.stdin)
        class Sent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path=None, target=None):
                folder = any(known.startswith(name + ".") for known in request["modules"])
                if folder or name in request["modules"]:
                    return importlib.util.spec_from_loader(name, self, is_package=folder)
            def exec_module(self, module):
                text = request["modules"].get(module.__name__, "")
                exec(compile(text, module.__name__ + ".py", "exec"), module.__dict__)
        sys.meta_path.insert(0, Sent())
        import analyse
        analyse.main(request)
        """

    private static var sources: [(name: String, text: String)] {
        [
            ("analyse", PackageResources.analyse_py),
            ("documents", PackageResources.documents_py),
            ("invocations", PackageResources.invocations_py),
            ("paths", PackageResources.paths_py),
            ("programs", PackageResources.programs_py),
            ("python_code.calls", PackageResources.calls_py),
            ("python_code.command_lines", PackageResources.command_lines_py),
            ("python_code.evaluate", PackageResources.evaluate_py),
            ("python_code.functions", PackageResources.functions_py),
            ("python_code.interpreter", PackageResources.interpreter_py),
            ("python_code.libraries", PackageResources.libraries_py),
            ("python_code.lookups", PackageResources.lookups_py),
            ("python_code.loops", PackageResources.loops_py),
            ("python_code.methods", PackageResources.methods_py),
            ("python_code.modules", PackageResources.modules_py),
            ("python_code.objects", PackageResources.objects_py),
            ("python_code.operators", PackageResources.operators_py),
            ("python_code.path_calls", PackageResources.path_calls_py),
            ("python_code.reader", PackageResources.reader_py),
            ("python_code.settings", PackageResources.settings_py),
            ("python_code.sites", PackageResources.sites_py),
            ("python_code.sql", PackageResources.sql_py),
            ("python_code.value_calls", PackageResources.value_calls_py),
            ("r_code.r_calls", PackageResources.r_calls_py),
            ("r_code.r_reader", PackageResources.r_reader_py),
            ("readers", PackageResources.readers_py),
            ("report", PackageResources.report_py),
            ("secret_finder", PackageResources.secret_finder_py),
            ("shell_code.command_kinds", PackageResources.command_kinds_py),
            ("shell_code.command_words", PackageResources.command_words_py),
            ("shell_code.known_programs", PackageResources.known_programs_py),
            ("shell_code.make_reader", PackageResources.make_reader_py),
            ("shell_code.shell_reader", PackageResources.shell_reader_py),
            ("shell_code.shell_words", PackageResources.shell_words_py),
            ("values", PackageResources.values_py),
            ("workflows", PackageResources.workflows_py),
        ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
    }
}
