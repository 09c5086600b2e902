/// The text of a worker whose functions are still to be filled in. It speaks the protocol of `docs/reference/worker.md` with
/// nothing but Python's standard library.
enum WorkerSkeleton {
    static func text(_ rules: [UnitRule], script: String) -> String {
        var text = """
            \"\"\"Units of work for `pipeline`: each function makes one file. Taken from \(script).\"\"\"

            import json
            import os
            import sys
            import traceback

            """
        for rule in rules {
            for axis in rule.axes where axis.values == nil {
                text += """


                    def \(axis.function)(job):
                        \"\"\"The values of \(axis.name): a list. Files that tell them: job["inputs"].\"\"\"
                        raise NotImplementedError("list what the loop of \(rule.file) line \(rule.line) goes over")

                    """
            }
            let names = rule.axes.map(\.name)
            let given =
                names.isEmpty
                ? ""
                : " for one "
                    + names.map { "job[\"parameters\"][\"\($0)\"]" }
                    .joined(separator: ", ")
            text += """


                def \(rule.name)(job):
                    \"\"\"Write \(rule.output)\(given).

                    The path to write to is job["outputs"][0]: it gets its name once the file is whole.
                    \"\"\"
                    raise NotImplementedError("move what \(rule.file) line \(rule.line) writes here")

                """
        }
        let units = rules.map { "\"\($0.name)\": \($0.name)" }.joined(separator: ", ")
        let functions = rules.flatMap(\.axes).filter { $0.values == nil }.map(\.function)
        let axes = functions.map { "\"\($0)\": \($0)" }.joined(separator: ", ")
        return text + """


            UNITS = {\(units)}
            AXES = {\(axes)}


            def loaded():
                \"\"\"Files of the project that were imported: a change of one makes its units again.\"\"\"
                root = os.getcwd() + os.sep
                files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
                paths = {os.path.realpath(file) for file in files if file}
                return sorted(path[len(root):] for path in paths if path.startswith(root) and "site-packages" not in path)


            def main():
                answers = os.fdopen(os.dup(1), "w")
                os.dup2(2, 1)  # what is printed goes to the log, not among the answers
                for line in sys.stdin:
                    job = json.loads(line)
                    answer = {"id": job["id"], "ok": True}
                    try:
                        if "axis" in job:
                            answer["values"] = AXES[job["axis"]](job)
                        else:
                            UNITS[job["unit"]](job)
                    except Exception as error:
                        with open(job["log"], "a") as log:
                            traceback.print_exc(file=log)
                        answer.update(ok=False, error=f"{type(error).__name__}: {error}")
                    answer["loaded"] = loaded()
                    print(json.dumps(answer), file=answers, flush=True)


            if __name__ == "__main__":
                main()

            """
    }
}
