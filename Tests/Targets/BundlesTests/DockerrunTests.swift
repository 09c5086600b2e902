import Bundles
import Testing

@Suite struct DockerrunTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func plan(
        template: String? = nil, _ change: (inout BundleSettings) -> Void = { _ in }
    ) throws -> BundlePlan {
        if let template { try scratch.write(template, to: "Dockerrun.aws.json") }
        return try Bundle.plan(.example(change), folder: scratch.root)
    }

    @Test func isWrittenFromTheSettingsAlone() throws {
        let plan = try plan { $0.hostPort = 80 }
        #expect(
            plan.text("Dockerrun.aws.json") == """
                {
                  "AWSEBDockerrunVersion": "1",
                  "Image": {
                    "Name": "public.ecr.aws/lab/ct-site@sha256:\(BundleSettings.digest)",
                    "Update": "true"
                  },
                  "Ports": [
                    {
                      "ContainerPort": 8000,
                      "HostPort": 80
                    }
                  ],
                  "Volumes": [
                    {
                      "ContainerDirectory": "/app/data",
                      "HostDirectory": "/efs_data/data/slot-a"
                    }
                  ]
                }

                """)
        #expect(plan.findingTexts.isEmpty)
    }

    @Test func mountsFurtherFoldersOfTheSlotOnce() throws {
        let plan = try plan(
            template:
                #"{"Volumes": [{"HostDirectory": "/old", "ContainerDirectory": "/app/figures/"}]}"#
        ) {
            $0.dataFolder = "data"
            $0.otherFolders = [.init(data: "figures", container: "/app/figures")]
        }
        let text = try #require(plan.text("Dockerrun.aws.json"))
        #expect(text.contains(#""HostDirectory": "/efs_data/data/slot-a/data""#))
        #expect(text.contains(#""HostDirectory": "/efs_data/data/slot-a/figures""#))
        #expect(!text.contains("/old"))
    }

    @Test func keepsWhatElseTheTemplateSays() throws {
        let plan = try plan(
            template: """
                {"Logging": "/var/log/é😀", "AWSEBDockerrunVersion": 1,
                 "Authentication": {"Key": "k", "Bucket": "b"}, "Command": "x \\"y\\"",
                 "Image": {"Name": "ct-site:latest", "Update": "false"},
                 "Ports": [{"ContainerPort": "8000", "HostPort": 81}, {"ContainerPort": 9000}],
                 "Volumes": [{"HostDirectory": "/tmp/x", "ContainerDirectory": "/cache"},
                             {"HostDirectory": "/efs_data/data", "ContainerDirectory": "/app/data/"}]}
                """)
        #expect(
            plan.text("Dockerrun.aws.json") == """
                {
                  "AWSEBDockerrunVersion": "1",
                  "Authentication": {
                    "Bucket": "b",
                    "Key": "k"
                  },
                  "Command": "x \\"y\\"",
                  "Image": {
                    "Name": "public.ecr.aws/lab/ct-site@sha256:\(BundleSettings.digest)",
                    "Update": "true"
                  },
                  "Logging": "/var/log/é😀",
                  "Ports": [
                    {
                      "ContainerPort": 8000,
                      "HostPort": 81
                    },
                    {
                      "ContainerPort": 9000
                    }
                  ],
                  "Volumes": [
                    {
                      "ContainerDirectory": "/app/data",
                      "HostDirectory": "/efs_data/data/slot-a"
                    },
                    {
                      "ContainerDirectory": "/cache",
                      "HostDirectory": "/tmp/x"
                    }
                  ]
                }

                """)
        #expect(plan.findingTexts.isEmpty)
    }

    @Test func tellsWhatItContradicts() throws {
        let plan = try plan(
            template: """
                {
                  "AWSEBDockerrunVersion": "1",
                  "Image": { "Name": "lab/other" },
                  "Ports": [ { "ContainerPort": 80 } ],
                  "Volumes": [
                    { "HostDirectory": "/elsewhere", "ContainerDirectory": "/app/data" },
                    { "HostDirectory": "/efs_data/data", "ContainerDirectory": "/data" }
                  ],
                  "Loging": "/x"
                }
                """)
        let image = BundleSettings.example().image
        #expect(
            plan.findingTexts == [
                "Dockerrun.aws.json:3:22: warning: the image is \"\(image)\", and not \"lab/other\": "
                    + "remove \"Image\", which is always generated",
                "Dockerrun.aws.json:4:33: warning: the site listens on port 8000, and this is another "
                    + "one: write \"ContainerPort\": 8000, or change the environment's port",
                "Dockerrun.aws.json:6:5: warning: the data is in \"/efs_data/data/slot-a\", and not in "
                    + "\"/elsewhere\": remove this volume, which is always generated",
                "Dockerrun.aws.json:7:5: warning: the data is at \"/app/data\" in the container, and "
                    + "this volume shows it at \"/data\" as well: write that folder, or change where "
                    + "the environment mounts the data",
                "Dockerrun.aws.json:9:3: warning: Beanstalk knows no key \"Loging\": "
                    + "write \"Logging\", if that is meant",
            ])
        #expect(!plan.hasErrors)
    }

    @Test(arguments: [
        (#"{"AWSEBDockerrunVersion": 2}"#, ":1:27: error: only version 1"),
        (#"{"Image": {}}"#, ": error: it has no \"AWSEBDockerrunVersion\""),
        ("[]", ":1:1: error: it is not a JSON object"),
        ("{\n  \"a\": ]\n}", ":2:8: error: it is not valid JSON"),
        ("AWSEBDockerrunVersion: 1\n", ": error: it is not valid JSON"),
    ])
    func refusesWhatIsNoVersionOne(template: String, start: String) throws {
        let plan = try plan(template: template)
        #expect(plan.hasErrors)
        let texts = plan.findingTexts
        #expect(texts.count == 1 && texts[0].hasPrefix("Dockerrun.aws.json" + start), "\(texts)")
    }

    @Test(arguments: [
        "host/site:latest", "@sha256:\(BundleSettings.digest)", "host/site@sha256:abc",
        "a b@sha256:x",
    ])
    func anImageWithoutADigestIsRefused(image: String) throws {
        #expect(throws: BundleError.self) { try plan { $0.image = image } }
    }

    @Test(arguments: ["data", "/", "/a//b", "/a/../b", "/a:b", "/a b", "/a'b", "/a\nb", "/é"])
    func aFolderThatDockerWouldMisreadIsRefused(folder: String) throws {
        #expect(throws: BundleError.self) { try plan { $0.hostFolder = folder } }
        #expect(throws: BundleError.self) { try plan { $0.containerFolder = folder } }
    }
}
