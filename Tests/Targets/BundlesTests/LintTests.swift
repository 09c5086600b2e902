import Bundles
import Posix
import Testing

@Suite struct LintTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The findings of a folder with one file.
    private func findings(
        _ text: String, in file: String, mode: UInt32 = 0o755,
        _ change: (inout BundleSettings) -> Void = { _ in }
    ) throws -> [String] {
        try scratch.write(text, to: file, mode: mode)
        return try Bundle.plan(.example(change), folder: scratch.root).findingTexts
    }

    @Test(arguments: [
        "option_settings:\n  aws:autoscaling:asg:\n    MinSize: 1\n",
        "option_settings:\n  - namespace: aws:autoscaling:asg\n    option_name: MinSize\n    value: 1\n",
        "option_settings:\n  - option_name: A\n    value: b\n",
        #"{"packages": {"yum": {"jq": []}}, "files": {"/a": {"content": "\tx"}}}"#,
        "commands:\n  a:\n    command: |\n      first\n      \tindented\n", "container_commands:\n",
        "users:\n  a:\n",
        "Resources:\n  A:\n    Type: AWS::SNS::Topic\n",
        // Functions as values, in both forms of options, and as keys that are marked.
        "option_settings:\n  aws:a:b:\n    A: { \"Fn::GetAtt\": [Cache, Arn] }\n    B: { Ref: Topic }\n",
        "option_settings:\n  aws:a:b:\n    A: '`{\"Ref\": \"AWS::Region\"}`'\n",
        "option_settings:\n  - option_name: A\n    value:\n      Fn::Join: ['', [a, { Ref: B }]]\n",
        "option_settings:\n  aws:a:b:\n    A:\n      Fn::GetOptionSetting:\n        OptionName: C\n        DefaultValue: d\n",
        "Mappings:\n  M: { a: { b: c } }\nResources:\n  A:\n    Properties:\n      X:\n        ? \"Fn::FindInMap\"\n        :\n          - M\n          - Ref: AWS::Region\n",
        "files:\n  /a:\n    content:\n      Fn::Join: ['', [a, { Ref: B }]]\n",
        "commands:\n  a:\n    command: [ls, -l]\n    env: { A: { Ref: B } }\n    ignoreErrors: true\n",
    ])
    func goodConfigurationIsClean(text: String) throws {
        #expect(try findings(text, in: ".ebextensions/a.config") == [])
    }

    @Test(arguments: [
        (
            "option_setings:\n",
            ":1:1: error: Beanstalk knows no section \"option_setings\": write \"option_settings\""
        ),
        ("container-commands:\n", ":1:1: error: Beanstalk knows no section"),
        ("- a\n", ":1:1: error: sections are expected, and here is a sequence"),
        ("# nothing\n", ": warning: it says nothing"),
        ("files:\n\ta: b\n", ":2:1: error: a tab in the indentation"),
        ("files:\n  a: [\n", "error: neither YAML nor JSON"),
        ("files: x\n", ":1:8: error: \"files\" holds keys with values, and here is a string"),
        (
            "files:\n  a: 1\nfiles:\n  b: 1\n",
            ":3:1: error: neither YAML nor JSON: the key \"files\""
        ),
        ("commands:\n  a: ls\n", ":2:3: error: \"a\" has no \"command\""),
        ("commands:\n  - command: ls\n", ":2:3: error: \"commands\" holds commands by their names"),
        ("option_settings: 1\n", ":1:18: error: namespaces or a list"),
        (
            "option_settings:\n  environment:\n    A: b\n",
            ":2:3: warning: \"environment\" is no namespace"
        ),
        (
            "option_settings:\n  aws:a:b:\n    A: [b]\n",
            ":3:8: error: the value of \"A\" is one word"
        ),
        (
            "option_settings:\n  aws:a:b:\n    A: { Ref: b, c: d }\n",
            ":3:8: error: the value of \"A\" is one word"
        ),
        ("option_settings:\n  aws:a:b:\n    A:\n", ":3:5: warning: \"A\" has no value"),
        ("option_settings:\n  aws:a:b: c\n", ":2:12: error: \"aws:a:b\" holds options"),
        ("option_settings:\n  - namespace: aws:a:b\n", ":2:5: error: an option in a list has"),
        (
            "option_settings:\n  - option_name: SITE_DATA\n    value: x\n",
            ":2:18: warning: \"SITE_DATA\" is set by this tool as well, which wins: remove it here"
        ),
    ])
    func badConfigurationIsFoundWhereItIs(text: String, start: String) throws {
        let found = try findings(text, in: ".ebextensions/a.config")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(start) == true, "\(found)")
        #expect(found.first?.hasPrefix(".ebextensions/a.config:") == true)
    }

    @Test func optionsOfALaterFileWouldWin() throws {
        let text = "option_settings:\n  aws:elasticbeanstalk:command:\n    Timeout: 60\n"
        #expect(try findings(text, in: ".ebextensions/zzz.config") == [])
        let found = try findings(text, in: ".ebextensions/zzz.config") { $0.commandTimeout = 900 }
        #expect(
            found == [
                ".ebextensions/zzz.config:3:5: error: \"Timeout\" is set by this tool as well, and this "
                    + "file would win by its name: remove it here"
            ])
    }

    @Test func filesThatBeanstalkDoesNotReadAreTold() throws {
        #expect(
            try findings("x", in: ".ebextensions/memory_monitor.cfg") == [
                ".ebextensions/memory_monitor.cfg: warning: Beanstalk does not read it: only names that "
                    + "end in .config count: rename it to \"memory_monitor.config\", or remove it"
            ])
        #expect(try findings("a: b", in: ".ebextensions/sub/a.config").count == 2)
    }

    @Test(
        arguments: [
            (
                "#!/bin/sh\n", ".platform/hooks/predeploy/a.sh", 0o644,
                ": warning: it is not executable"
            ),
            (
                "#!/bin/sh\r\necho\r\n", ".platform/hooks/predeploy/a.sh", 0o755,
                ":1:10: error: its lines end"
            ),
            (
                "echo\n", ".platform/confighooks/prebuild/a.sh", 0o755,
                ":1:1: error: it does not say which"
            ),
            ("#!/bin/sh\n", ".platform/hooks/a.sh", 0o755, ": error: no hook runs from here"),
            (
                "#!/bin/sh\n", ".platform/hooks/predeploy/sub/a.sh", 0o755,
                ": error: no hook runs from here"
            ),
            (
                "#!/bin/sh\n", ".platform/hooks/pre_deploy/a.sh", 0o755,
                "move it to .platform/hooks/predeploy"
            ),
            (
                "#!/bin/sh\n", ".platform/hook/predeploy/a.sh", 0o755,
                "move it to .platform/hooks, if"
            ),
            ("#!/bin/sh\n", ".platform/a.sh", 0o755, ": warning: Beanstalk does not look here"),
        ] as [(String, String, UInt32, String)])
    func hooksThatWouldNotRunAreFound(
        text: String, file: String, mode: UInt32, part: String
    ) throws {
        let found = try findings(text, in: file, mode: mode)
        #expect(found.count == 1, "\(found)")
        #expect(
            found.first?.hasPrefix(file) == true && found.first?.contains(part) == true, "\(found)")
    }

    @Test func programsAndProxySettingsAreNoScripts() throws {
        try scratch.write(
            [0x7F, 0x45, 0x4C, 0x46, 0x0D, 0x0A, 0xFF], to: ".platform/hooks/prebuild/a",
            mode: 0o755)
        #expect(try findings("a\r\n", in: ".platform/nginx/conf.d/a.conf") == [])
    }

    @Test func composeFilesWouldReplaceTheImage() throws {
        let found = try findings("services:\n", in: "docker-compose.yml") {
            $0.otherFiles = ["docker-compose.yml"]
        }
        #expect(found.count == 1 && found[0].hasPrefix("docker-compose.yml: error:"), "\(found)")
    }

    private let mount = "#!/bin/bash\nmount -t efs -o tls fs-1:/ \"$dir\"\n"

    private func mountFindings() throws -> [String] {
        try Bundle.plan(.example(), folder: scratch.root).findings.map(\.description)
    }

    @Test func aMountIsLookedFor() throws {
        try scratch.write("# mount efs at /efs_data\n", to: ".ebextensions/a.config")
        #expect(
            try mountFindings().contains { $0.contains("warning: nothing in the bundle mounts") })
        try scratch.write(mount, to: ".platform/hooks/predeploy/mount-efs.sh", mode: 0o755)
        #expect(try mountFindings().contains { $0.contains("mount it at \"/efs_data\"") })
        try scratch.write(
            "option_settings:\n  - option_name: DIR\n    value: \"/efs_data\"\n",
            to: ".ebextensions/a.config")
        #expect(try mountFindings() == [])
    }

    @Test func aMountAfterTheCheckIsAnError() throws {
        for name in ["zz_z.sh", "zzz.sh"] {
            let path = ".platform/hooks/predeploy/\(name)"
            try scratch.write(mount + "# at\nls /efs_data\n", to: path, mode: 0o755)
            let found = try mountFindings()
            #expect(
                found.count == 1 && found[0].hasPrefix("\(path): error: it runs after"), "\(found)")
            try FileSystem.remove(scratch.path(path))
        }
        for name in ["predeploy/ZZ.sh", "prebuild/zzz.sh"] {
            let path = ".platform/hooks/\(name)"
            try scratch.write(mount + "ls /efs_data\n", to: path, mode: 0o755)
            #expect(try mountFindings() == [])
            try FileSystem.remove(scratch.path(path))
        }
    }
}
