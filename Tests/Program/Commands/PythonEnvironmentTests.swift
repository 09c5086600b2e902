import FoundationEssentials
import Posix
import Processes
import Testing

/// The Python environment of a project that Poetry, conda or uv keeps.
struct PythonEnvironmentTests {
    private func project() throws -> UnitProject {
        let project = try UnitProject(
            """
            project: p
            stages:
              which:
                kind: run
                command: [python3, -c, "import sys; open(sys.argv[1], 'w').write(sys.prefix)", "{output}"]
                outputs: out/prefix

            """)
        try project.write("home/none", "")
        return project
    }

    /// What a shell has that knows of no environment.
    private func shell(_ project: UnitProject) -> [String: String?] {
        [
            "PATH": project.path("bin") + ":" + (Environment.value("PATH") ?? ""),
            "HOME": project.path("home"), "VIRTUAL_ENV": nil, "CONDA_PREFIX": nil,
            "MAMBA_ROOT_PREFIX": nil, "CONDA_ROOT": nil,
        ]
    }

    @Test(
        "P8: stages run in the environment that Poetry or conda keeps elsewhere",
        arguments: ["poetry", "conda"])
    func found(kind: String) throws {
        let project = try project()
        _ = try project.shell("python3 -m venv --without-pip 'far away/envs/lab'")
        let folder = project.path("far away/envs/lab")
        if kind == "poetry" {
            try project.write("poetry.lock", "")
            try project.write(
                "bin/poetry",
                "#!/bin/sh\n[ \"$*\" = 'env info --path' ] && printf '%s\\n' '\(folder)'\n")
            _ = try project.shell("chmod +x bin/poetry")
        } else {
            try project.write("environment.yml", "name: lab\ndependencies: [python]\n")
            try project.write("home/.conda/environments.txt", "/elsewhere/envs/other\n\(folder)\n")
        }
        let run = try project.run(arguments: [], environment: shell(project))
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(try project.text("out/prefix") == folder)
    }

    @Test(
        "P8: where the environment is not there, doctor names what makes it",
        arguments: [
            ("uv.lock", "uv sync"), ("poetry.lock", "poetry install"),
            ("environment.yml", "conda env create --file environment.yml"),
            (
                "requirements.txt",
                "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
            ),
        ])
    func missing(file: String, command: String) throws {
        let project = try project()
        try project.write(file, "name: lab\n")
        let doctor = try project.tool(arguments: ["doctor"], environment: shell(project))
        #expect(doctor.exit == .exited(1))
        #expect(
            doctor.standardOutputText.contains("make it: \(command)\n"),
            "\(doctor.standardOutputText)")
        // An environment in the project's own folder comes before what the lock file asks for.
        _ = try project.shell("python3 -m venv --without-pip .venv")
        let run = try project.run(arguments: [], environment: shell(project))
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(try project.text("out/prefix") == project.path(".venv"))
    }
}
