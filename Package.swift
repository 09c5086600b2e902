// swift-tools-version: 6.2
import PackageDescription

// The module table is the architecture: a module may import exactly what stands beside its name.
// `--explicit-target-dependency-import-check error` (see scripts/test) holds the code to it.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(
    _ name: String, _ dependencies: [String] = [], resources: [Resource]? = nil
) -> Target {
    .target(
        name: name,
        // Errors have one shape everywhere, so every module knows it.
        dependencies: (dependencies + (name == "Failures" ? [] : ["Failures"]))
            .map { .init(stringLiteral: $0) },
        resources: resources,
        swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [String]) -> Target {
    .testTarget(
        name: name,
        dependencies: (dependencies + ["Failures"]).map { .init(stringLiteral: $0) },
        swiftSettings: strict)
}

func library(_ name: String, package: String, pkgConfig: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "pipeline",
    products: [.executable(name: "pipeline", targets: ["pipeline"])],
    targets: [
        // C: each is imported by the one Swift module that follows its line below.
        .target(name: "CPosix", cSettings: [.define("_GNU_SOURCE")]),
        library("CSQLite", package: "libsqlite3-dev", pkgConfig: "sqlite3"),
        library("CCrypto", package: "libssl-dev", pkgConfig: "libcrypto"),
        library("CYAML", package: "libyaml-dev", pkgConfig: "yaml-0.1"),
        library("CZlib", package: "zlib1g-dev", pkgConfig: "zlib"),
        .target(name: "CLeaks"),
        .target(name: "CReportAssets", exclude: ["page", "vendor"]),

        // Leaves: know nothing of pipelines.
        module("Failures"),
        module("Posix", ["CPosix"]),
        module("Processes", ["Posix", "CPosix"]),
        module("Tracing", ["Processes", "CPosix"]),
        module("Digests", ["CCrypto", "Posix"]),
        module("SQLite", ["CSQLite"]),
        module("YAML", ["CYAML"]),
        module("Spelling"),
        module("Terminal", ["Posix"]),
        module("Arguments", ["Spelling"]),
        module("HTTP", ["Processes", "Posix"]),
        module("SFTP", ["Processes", "Digests", "Posix"]),
        module("Slots", ["SFTP", "Digests", "Posix"]),
        module(
            "Packs", ["Processes", "Digests", "Posix"], resources: [.embedInCode("unpack.py")]),
        module("Links", ["Posix"]),
        module("Reports", ["CReportAssets", "Digests"]),
        module("Loopback", ["Posix"]),
        module("Configuration", ["Processes", "Digests", "Posix"]),
        module(
            "Bundles", ["Digests", "YAML", "Spelling", "Posix"],
            resources: [.embedInCode("predeploy_check.sh"), .embedInCode("prune_images.sh")]),

        // Pure: no clock, no disk, no processes.
        module("PipelineModel", ["Spelling", "YAML"]),
        module("PipelinePlanning", ["PipelineModel", "Digests"]),
        module("Proposals", ["YAML"]),

        // Effects.
        module(
            "PipelineLedger", ["PipelinePlanning", "PipelineModel", "SQLite", "Digests", "Posix"]),
        module("PipelineStore", ["Digests", "Posix"]),

        module("Docker", ["HTTP", "Processes", "Digests", "Posix"]),
        module("FolderLook", ["Proposals", "Docker", "Posix"]),
        module("Leaks", ["CLeaks", "CZlib", "Processes", "Digests", "Posix"]),
        module("Slurm", ["Processes"]),
        module("AWS", ["Processes", "Posix"]),
        module("Beanstalk", ["AWS", "Processes", "Digests", "Posix"]),
        module("ContainerServices", ["AWS", "Processes", "Posix"]),
        module(
            "BucketRoutes", ["Slots", "AWS", "Processes", "Digests", "Posix"],
            resources: [.embedInCode("agent.py")]),
        module("TransferLeases", ["AWS", "Processes", "Posix"]),
        module("OperatorLeases", ["AWS", "Processes", "Digests", "Posix"]),
        module("SiteRuntime", ["Docker", "HTTP", "Processes", "Posix"]),

        // Orchestration.
        module(
            "PipelineEngine",
            [
                "PipelineLedger", "PipelineStore", "PipelinePlanning", "PipelineModel", "Slurm",
                "Tracing", "Spelling", "Processes", "Digests", "Posix",
            ]),

        module(
            "PipelineShipping",
            [
                "PipelineEngine", "PipelineLedger", "PipelineStore", "PipelinePlanning",
                "PipelineModel", "SiteRuntime", "Docker", "Slots", "Bundles", "Beanstalk",
                "ContainerServices", "OperatorLeases",
                "TransferLeases", "BucketRoutes",
                "HTTP", "Leaks",
                "AWS", "SFTP", "Processes", "Digests", "Posix",
            ]),

        // Edge.
        module(
            "PipelineCommands",
            [
                "PipelineShipping", "PipelineEngine", "PipelineLedger", "PipelinePlanning",
                "PipelineModel", "Slots", "Packs", "Links", "Configuration", "Reports", "Loopback",
                "Proposals", "FolderLook", "Processes",
                "Terminal",
                "Arguments",
                "Spelling",
                "Digests", "Posix",
            ], resources: [.embedInCode("errors.md")]),
        .executableTarget(
            name: "pipeline", dependencies: ["PipelineCommands", "Posix"], swiftSettings: strict),

        // Test equipment, and no part of the product: a long line that can break.
        .executableTarget(
            name: "wire", dependencies: ["CPosix"], path: "Tests/Wire", swiftSettings: strict),

        // Servers that tests talk to: a real sshd, and one with faults.
        .target(
            name: "TestServers", dependencies: ["Processes", "Posix"], path: "Tests/TestServers",
            exclude: ["faulty_server.py", "slurm_cluster.sh", "sftp"], swiftSettings: strict),
        tests("SFTPTests", ["SFTP", "TestServers", "Processes", "Digests", "Posix"]),

        tests("HTTPTests", ["HTTP", "Processes", "Posix"]),
        tests("DockerTests", ["Docker", "HTTP", "Processes", "Posix", "Digests"]),
        tests("LeaksTests", ["Leaks", "Processes", "Digests", "Posix"]),
        tests("AWSTests", ["AWS", "Processes", "Posix"]),
        tests("ContainerServicesTests", ["ContainerServices", "AWS", "Posix"]),
        tests("SiteRuntimeTests", ["SiteRuntime", "Processes", "Posix"]),
        tests(
            "SlotsTests",
            ["Slots", "SFTP", "BucketRoutes", "TestServers", "Processes", "Posix", "Digests"]),
        tests(
            "PipelineShippingTests",
            [
                "PipelineShipping", "PipelineEngine", "PipelineLedger", "PipelinePlanning",
                "PipelineModel", "ContainerServices", "OperatorLeases", "Slots", "AWS",
                "Processes", "Digests",
                "Posix",
            ]),
        tests(
            "CloudStepTests",
            [
                "PipelineShipping", "Beanstalk", "ContainerServices", "TransferLeases",
                "OperatorLeases", "BucketRoutes", "AWS", "TestServers", "Processes", "Posix",
            ]),
        tests("PacksTests", ["Packs", "Processes", "Posix", "Digests"]),
        tests("LinksTests", ["Links", "Posix"]),
        tests("ConfigurationTests", ["Configuration", "Processes", "Posix"]),
        tests("BundlesTests", ["Bundles", "Slots", "Processes", "Digests", "YAML", "Posix"]),

        tests("PosixTests", ["Posix"]),
        tests("ProcessesTests", ["Processes", "Posix"]),
        tests("TracingTests", ["Tracing", "Processes", "Posix"]),
        tests("DigestsTests", ["Digests", "Posix"]),
        tests("SQLiteTests", ["SQLite", "Posix"]),
        tests("YAMLTests", ["YAML"]),
        tests("ReportsTests", ["Reports"]),
        tests("LoopbackTests", ["Loopback", "Processes", "Posix"]),
        tests("ProposalsTests", ["Proposals", "YAML"]),
        tests("PipelineModelTests", ["PipelineModel"]),
        tests("PipelinePlanningTests", ["PipelinePlanning", "PipelineModel", "Digests"]),
        tests("PipelineEngineTests", ["PipelineEngine", "Processes", "Posix"]),
        // On the built program.
        tests("RunnerTests", ["pipeline", "TestServers", "Processes", "Digests", "Posix"]),
        tests("EndToEndTests", ["pipeline", "TestServers", "Processes", "Digests", "Posix"]),
        tests("ArgumentsTests", ["Arguments"]),
        tests("TerminalTests", ["Terminal"]),
        tests("SpellingTests", ["Spelling"]),
        tests("SlurmTests", ["Slurm", "Posix"]),
        tests(
            "DocumentationTests", ["PipelineModel", "PipelineLedger", "SQLite", "YAML", "Posix"]),
        tests(
            "PipelineLedgerTests",
            ["PipelineLedger", "PipelinePlanning", "SQLite", "Digests", "Posix"]),
        tests(
            "PipelineCommandsTests",
            [
                "PipelineCommands", "PipelineEngine", "PipelineLedger", "PipelinePlanning",
                "PipelineModel", "Terminal", "Digests", "Posix",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
