// swift-tools-version: 6.2
import PackageDescription

// The module table is the architecture: a module may import exactly what stands beside its name.
// `--explicit-target-dependency-import-check error` (see scripts/test) holds the code to it.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // A release is optimised for size, which makes it start faster too; functions that nothing calls are left out.
    .unsafeFlags(
        ["-Osize", "-Xfrontend", "-function-sections"], .when(configuration: .release)),
    // One compiler for a module: several would each read all of its files. Modules are what is compiled side by side.
    .unsafeFlags(["-driver-batch-count", "1"], .when(configuration: .debug)),
]

/// Without the module of regular expressions, a tenth of the program: `Texts` has the searches that are needed.
let small: [SwiftSetting] =
    strict + [
        .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])
    ]

/// What scans every byte is optimised for the tests too.
let quick: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

func module(
    _ name: String, in folder: String, _ dependencies: [String] = [], exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .target(
        name: name,
        // Errors have one shape everywhere, and texts are searched everywhere, so every module knows both.
        dependencies: (dependencies + ["Texts", "Failures"].prefix { $0 != name })
            .map { .init(stringLiteral: $0) },
        path: "Sources/\(folder)",
        exclude: exclude,
        resources: resources,
        swiftSettings: small)
}

func tests(
    _ name: String, in folder: String, _ dependencies: [String], _ settings: [SwiftSetting] = strict
) -> Target {
    .testTarget(
        name: name,
        dependencies: (dependencies + ["Failures"]).map { .init(stringLiteral: $0) },
        path: "Tests/\(folder)",
        swiftSettings: settings)
}

func library(_ name: String, package: String, pkgConfig: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Base/C/\(name)", pkgConfig: pkgConfig,
        providers: [.apt([package])])
}

let package = Package(
    name: "pipeline",
    products: [.executable(name: "pipeline", targets: ["pipeline"])],
    targets: [
        // C: each is imported by the one Swift module that wraps it, CPosix by Posix, Processes and Tracing.
        .target(
            name: "CPosix", path: "Sources/Base/C/CPosix",
            cSettings: quick + [.define("_GNU_SOURCE")]),
        library("CSQLite", package: "libsqlite3-dev", pkgConfig: "sqlite3"),
        library("CCrypto", package: "libssl-dev", pkgConfig: "libcrypto"),
        library("CYAML", package: "libyaml-dev", pkgConfig: "yaml-0.1"),
        library("CZlib", package: "zlib1g-dev", pkgConfig: "zlib"),
        .target(name: "CLeaks", path: "Sources/Build/CLeaks", cSettings: quick),
        .target(
            name: "CReportAssets", path: "Sources/Features/Report/CReportAssets",
            exclude: ["page", "vendor"]),

        // Leaves: know nothing of pipelines.
        module("Failures", in: "Base/Failures"),
        module("Posix", in: "Base/Posix", ["CPosix"]),
        module("Processes", in: "Base/Processes", ["Posix", "CPosix"]),
        module("Tracing", in: "Base/Tracing", ["Processes", "CPosix"]),
        module("Digests", in: "Base/Digests", ["CCrypto", "Posix"]),
        module("JSON", in: "Base/JSON"),
        module("Paths", in: "Base/Paths"),
        module("Texts", in: "Base/Texts"),
        module("FileFormats", in: "Base/FileFormats", ["JSON"]),
        module("SQLite", in: "Base/SQLite", ["CSQLite"]),
        module("YAML", in: "Base/YAML", ["CYAML"]),
        module("Spelling", in: "Base/Spelling"),
        module("Terminal", in: "Terminal/Display", ["Posix"]),
        module("Arguments", in: "Terminal/Arguments", ["Spelling"]),
        module("HTTP", in: "Base/HTTP", ["Processes", "Posix"]),
        module(
            "SFTP", in: "Transports/SFTP", ["Processes", "Digests", "Posix"], exclude: ["Transport"]
        ),
        module(
            "Slots", in: "Staging",
            ["PipelineModel", "Processes", "Digests", "Posix", "JSON", "Paths"]),
        module(
            "Packs", in: "Features/Packs", ["Processes", "Digests", "Posix", "Paths"],
            resources: [.embedInCode("unpack.py")]),
        module("Links", in: "Features/Links", ["Posix"]),
        module("Reports", in: "Features/Report/Pages", ["CReportAssets", "Digests"]),
        module("LocalHTTPServer", in: "Features/Report/Server", ["Posix"]),
        module(
            "ConfigRepository", in: "Features/Config",
            ["Processes", "Digests", "Posix", "JSON", "Paths"]),
        module(
            "Bundles", in: "Targets/Beanstalk/Bundles",
            ["Digests", "YAML", "Spelling", "Posix", "JSON", "Paths"],
            resources: [.embedInCode("predeploy_check.sh"), .embedInCode("prune_images.sh")]),

        // Pure: no clock, no disk, no processes.
        module(
            "PipelineModel", in: "Core/Model",
            ["FileFormats", "Spelling", "YAML", "JSON", "Paths"]),
        module(
            "PipelinePlanning", in: "Core/Planning", ["PipelineModel", "Digests", "JSON", "Paths"]),
        module(
            "ProjectScaffold", in: "Features/Init/Scaffold", ["FileFormats", "YAML", "Paths"]),

        // Effects.
        // What an archive's history says: pure, so that the ledger can keep it.
        module("ArchiveHistory", in: "Archive/History", ["PipelinePlanning", "Digests", "JSON"]),
        module(
            "PipelineLedger", in: "Core/Ledger",
            [
                "ArchiveHistory", "PipelinePlanning", "PipelineModel", "SQLite", "Digests", "Posix",
                "JSON",
            ]),
        module("PipelineStore", in: "Core/Store", ["Digests", "Posix", "Paths"]),

        module("Docker", in: "Build/Docker", ["HTTP", "Processes", "Digests", "Posix", "JSON"]),
        module(
            "SiteScanner", in: "Features/Init/Scanner", ["ProjectScaffold", "Docker", "Posix"]),
        module(
            "ScriptReading", in: "Features/Init/ScriptReading",
            ["ProjectScaffold", "Processes", "JSON"],
            resources: [
                "analyse", "documents", "invocations", "paths", "programs", "python_code/calls",
                "python_code/command_lines", "python_code/evaluate", "python_code/functions",
                "python_code/interpreter", "python_code/libraries", "python_code/lookups",
                "python_code/loops", "python_code/methods", "python_code/modules",
                "python_code/objects", "python_code/operators", "python_code/path_calls",
                "python_code/reader", "python_code/settings", "python_code/sites",
                "python_code/sql", "python_code/value_calls", "r_code/r_calls", "r_code/r_reader",
                "readers", "report", "secret_finder", "shell_code/command_kinds",
                "shell_code/command_words", "shell_code/known_programs", "shell_code/make_reader",
                "shell_code/shell_reader", "shell_code/shell_words", "values", "workflows",
            ].map { .embedInCode("analyser/\($0).py") }),
        module(
            "LeakScanning", in: "Build/LeakScan",
            ["CLeaks", "CZlib", "Processes", "Digests", "Posix", "JSON", "Paths"]),
        module("AWS", in: "Cloud/AWSClient", ["Processes", "Posix", "JSON"]),
        module(
            "Beanstalk", in: "Targets/Beanstalk/Service",
            [
                "DeployTargets", "Bundles", "Slots", "PipelineModel", "AWS", "HTTP", "Processes",
                "Digests", "Posix", "JSON",
            ]),
        module(
            "ECSTasks", in: "Targets/ECS",
            [
                "DeployTargets", "TransportProviders", "Docker", "PipelineModel", "AWS",
                "Processes", "Digests", "Posix", "JSON",
            ]),
        // Transports: each is one module beside what it drives, and `Registry.transports` lists them.
        module(
            "TransportProviders", in: "Transports/Provider",
            ["Slots", "AWS", "PipelineLedger", "PipelineModel", "Processes"]),
        module(
            "DirectoryTransports", in: "Transports/Directory",
            ["TransportProviders", "Slots", "PipelineModel", "Digests", "Posix", "Paths"]),
        module(
            "SFTPTransports", in: "Transports/SFTP/Transport",
            [
                "TransportProviders", "SFTP", "Slots", "PipelineModel", "Digests", "Posix", "JSON",
                "Paths",
            ]),
        module(
            "Rclone", in: "Transports/Rclone",
            [
                "TransportProviders", "Slots", "PipelineModel", "Processes", "Digests", "Posix",
                "JSON", "Paths",
            ]),
        module(
            "AWSTransferServer", in: "Transports/AWSTransfer",
            [
                "TransportProviders", "SFTPTransports", "SFTP", "Slots", "AWS", "PipelineLedger",
                "PipelineModel", "Processes", "Posix",
            ]),
        module(
            "S3Relay", in: "Transports/S3Relay",
            [
                "TransportProviders", "Slots", "AWS", "PipelineLedger", "PipelineModel",
                "Processes", "Digests", "Posix", "JSON",
            ],
            resources: [
                "slot_names", "stores", "slot", "root", "guards", "operations", "agent",
            ].map { .embedInCode("agent/\($0).py") }),
        module(
            "DeployLocking", in: "Cloud/DeployLock",
            ["AWS", "Processes", "Digests", "Posix", "JSON"]),
        module(
            "DeployTargets", in: "Targets/Provider",
            [
                "TransportProviders", "PipelineModel", "Slots", "AWS", "Processes", "Digests",
                "Posix", "JSON",
            ]),
        module(
            "SiteRuntime", in: "Targets/Local",
            ["DeployTargets", "PipelineModel", "Docker", "HTTP", "Processes", "Posix", "JSON"]),
        module(
            "StaticSite", in: "Targets/Static",
            [
                "DeployTargets", "TransportProviders", "SiteRuntime", "PipelineModel", "Slots",
                "HTTP", "AWS", "Processes",
                "Digests", "Posix", "JSON",
            ]),

        module(
            "Archive", in: "Archive/Exchange",
            [
                "ArchiveHistory", "Slots", "PipelineLedger", "PipelineStore", "PipelinePlanning",
                "Processes", "Digests", "Posix", "JSON",
            ]),

        // Orchestration.
        module(
            "PipelineEngine", in: "Engine",
            [
                "PipelineLedger", "PipelineStore", "PipelinePlanning", "PipelineModel",
                "FileFormats", "Tracing", "Spelling", "Processes", "Digests", "Posix", "JSON",
                "Paths",
            ]),

        // Where units run.
        module(
            "LocalExecution", in: "Executors/Local",
            [
                "PipelineEngine", "PipelinePlanning", "PipelineModel", "Tracing", "Processes",
                "Posix",
            ]),
        module(
            "BatchExecution", in: "Executors/Batch",
            [
                "LocalExecution", "PipelineEngine", "PipelinePlanning", "PipelineModel",
                "PipelineStore", "Archive", "ArchiveHistory", "Tracing", "Processes", "Digests",
                "Posix", "JSON", "Paths",
            ]),
        module(
            "Slurm", in: "Executors/Slurm",
            ["BatchExecution", "PipelineEngine", "PipelineModel", "Processes"]),

        module(
            "PipelineShipping", in: "Shipping",
            [
                "PipelineEngine", "PipelineLedger", "PipelineStore", "PipelinePlanning",
                "PipelineModel", "Archive", "ArchiveHistory", "DeployTargets", "SiteRuntime",
                "Docker", "Slots", "Bundles",
                "Beanstalk",
                "ECSTasks", "StaticSite", "DeployLocking",
                "TransportProviders", "DirectoryTransports", "SFTPTransports",
                "AWSTransferServer", "S3Relay", "Rclone", "LocalExecution", "BatchExecution",
                "Slurm",
                "HTTP", "LeakScanning",
                "AWS", "Processes", "Digests", "Posix", "JSON", "Paths",
            ], resources: [.embedInCode("Doctor/imports.py")]),

        // Edge.
        module(
            "PipelineCommands", in: "Tool",
            [
                "PipelineShipping", "PipelineEngine", "BatchExecution", "PipelineLedger",
                "PipelinePlanning", "Archive", "ArchiveHistory",
                "PipelineModel", "DeployTargets", "Slots", "Packs", "Links", "ConfigRepository",
                "Reports",
                "LocalHTTPServer",
                "ProjectScaffold", "SiteScanner", "ScriptReading", "Processes",
                "Terminal",
                "Arguments",
                "Spelling",
                "Digests", "Posix", "JSON", "Paths",
            ], resources: [.embedInCode("errors.md")]),
        .executableTarget(
            name: "pipeline", dependencies: ["PipelineCommands", "Posix"],
            exclude: ["without-unwind-tables.ld"], swiftSettings: small),

        // Test equipment, and no part of the product: a long line that can break.
        .executableTarget(
            name: "wire", dependencies: ["CPosix"], path: "Tests/Wire", swiftSettings: strict),

        // Servers that tests talk to: a real sshd, and one with faults.
        .target(
            name: "TestServers", dependencies: ["Processes", "Posix"], path: "Tests/TestServers",
            exclude: ["faulty", "slurm_cluster.sh", "sftp"], swiftSettings: strict),
        tests(
            "SFTPTests", in: "Transports/SFTPTests",
            ["SFTP", "TestServers", "Processes", "Digests", "Posix"]),

        tests("HTTPTests", in: "Base/HTTPTests", ["HTTP", "Processes", "Posix"]),
        tests(
            "DockerTests", in: "Build/DockerTests",
            ["Docker", "HTTP", "Processes", "Posix", "Digests"]),
        tests(
            "LeakScanningTests", in: "Build/LeakScanTests",
            ["LeakScanning", "Processes", "Digests", "Posix"]),
        tests("AWSTests", in: "Cloud/AWSClientTests", ["AWS", "Processes", "Posix"]),
        tests(
            "ECSTasksTests", in: "Targets/ECSTests", ["ECSTasks", "AWS", "Posix", "JSON"]),
        tests(
            "SiteRuntimeTests", in: "Targets/LocalTests",
            ["SiteRuntime", "DeployTargets", "Processes", "Posix"]),
        tests(
            "StaticSiteTests", in: "Targets/StaticTests",
            [
                "StaticSite", "DeployTargets", "TransportProviders", "DirectoryTransports",
                "SFTPTransports", "Rclone", "PipelineModel", "Slots", "AWS", "Digests", "Posix",
            ]),
        tests(
            "SlotsTests", in: "Staging",
            [
                "TransportProviders", "DirectoryTransports", "SFTPTransports", "Slots", "SFTP",
                "S3Relay", "AWSTransferServer", "Rclone", "PipelineModel", "TestServers",
                "Processes", "Posix", "Digests", "Paths",
            ]),
        tests(
            "PipelineShippingTests", in: "Shipping",
            [
                "PipelineShipping", "Archive", "PipelineEngine", "PipelineLedger", "ArchiveHistory",
                "PipelinePlanning",
                "PipelineModel", "TransportProviders", "DeployTargets", "Beanstalk", "ECSTasks",
                "DeployLocking", "Slots", "AWS",
                "Processes", "Digests", "DirectoryTransports", "Docker", "Paths", "PipelineStore",
                "Posix", "JSON",
            ]),
        tests(
            "CloudStepTests", in: "Cloud/StepTests",
            [
                "PipelineShipping", "Beanstalk", "ECSTasks", "AWSTransferServer",
                "DeployLocking", "S3Relay", "AWS", "TestServers", "Processes", "Posix",
            ]),
        tests("PacksTests", in: "Features/PacksTests", ["Packs", "Processes", "Posix", "Digests"]),
        tests("LinksTests", in: "Features/LinksTests", ["Links", "Posix"]),
        tests(
            "ConfigRepositoryTests", in: "Features/ConfigTests",
            ["ConfigRepository", "Processes", "Posix"]),
        tests(
            "BundlesTests", in: "Targets/BundlesTests",
            ["Bundles", "Slots", "Processes", "Digests", "YAML", "Posix"]),

        tests("PosixTests", in: "Base/PosixTests", ["Posix"]),
        tests("ProcessesTests", in: "Base/ProcessesTests", ["Processes", "Posix"]),
        tests("TracingTests", in: "Base/TracingTests", ["Tracing", "Processes", "Posix"]),
        tests("JSONTests", in: "Base/JSONTests", ["JSON"]),
        tests("TextsTests", in: "Base/TextsTests", ["Texts"], small),
        tests("PathsTests", in: "Base/PathsTests", ["Paths"]),
        tests("FileFormatsTests", in: "Base/FileFormatsTests", ["FileFormats"]),
        tests("DigestsTests", in: "Base/DigestsTests", ["Digests", "Posix"]),
        tests("SQLiteTests", in: "Base/SQLiteTests", ["SQLite", "Posix"]),
        tests("YAMLTests", in: "Base/YAMLTests", ["YAML"]),
        tests("ReportsTests", in: "Features/ReportTests", ["Reports"]),
        tests(
            "LocalHTTPServerTests", in: "Features/ServerTests",
            ["LocalHTTPServer", "Processes", "Posix"]),
        tests(
            "ProjectScaffoldTests", in: "Features/InitTests",
            [
                "ProjectScaffold", "SiteScanner", "ScriptReading", "PipelineShipping",
                "PipelineModel", "FileFormats", "YAML", "Posix",
            ]),
        tests(
            "PipelineModelTests", in: "Core/ModelTests",
            ["PipelineModel", "FileFormats", "JSON", "Paths"]),
        tests(
            "PipelinePlanningTests", in: "Core/PlanningTests",
            ["PipelinePlanning", "PipelineModel", "Digests", "Paths"]),
        tests(
            "PipelineEngineTests", in: "Engine",
            [
                "PipelineEngine", "PipelineLedger", "PipelineStore", "PipelinePlanning",
                "PipelineModel", "SQLite", "Processes", "Digests", "Paths", "Posix",
            ]),
        tests(
            "ArchiveTests", in: "Archive",
            [
                "Archive", "ArchiveHistory", "PipelineLedger", "PipelineStore",
                "PipelinePlanning", "DirectoryTransports", "Slots", "Processes", "Digests",
                "Posix",
            ]),
        tests("LocalExecutionTests", in: "Executors/LocalTests", ["LocalExecution"]),
        tests(
            "ExecutorConformanceTests", in: "Executors/Conformance",
            [
                "pipeline", "BatchExecution", "LocalExecution", "Slurm", "PipelineEngine",
                "PipelineModel", "PipelinePlanning", "PipelineStore", "Archive", "ArchiveHistory",
                "DirectoryTransports", "TestServers", "Processes", "Digests", "JSON", "Posix",
            ]),
        // On the built program.
        tests(
            "RunnerTests", in: "Program",
            [
                "pipeline", "TestServers", "FileFormats", "Processes", "Digests", "Posix",
                "PipelineLedger", "YAML",
            ]),
        tests(
            "EndToEndTests", in: "EndToEnd",
            ["pipeline", "TestServers", "Processes", "Digests", "Posix"]),
        tests("ArgumentsTests", in: "Terminal/ArgumentsTests", ["Arguments"]),
        tests("TerminalTests", in: "Terminal/DisplayTests", ["Terminal"]),
        tests("SpellingTests", in: "Base/SpellingTests", ["Spelling"]),
        tests(
            "SlurmTests", in: "Executors/SlurmTests",
            ["Slurm", "BatchExecution", "PipelineEngine", "Posix"]),
        tests(
            "DocumentationTests", in: "Documentation",
            [
                "PipelineShipping", "TransportProviders", "DeployTargets", "PipelineModel",
                "FileFormats", "PipelineLedger", "SQLite", "YAML", "Posix",
            ]),
        tests(
            "PipelineLedgerTests", in: "Core/LedgerTests",
            [
                "PipelineLedger", "ArchiveHistory", "PipelinePlanning", "SQLite", "Digests",
                "Posix",
            ]),
        tests(
            "PipelineCommandsTests", in: "Tool",
            [
                "PipelineCommands", "PipelineEngine", "PipelineLedger", "PipelinePlanning",
                "PipelineModel", "Arguments", "Terminal", "Digests", "Posix", "JSON",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// The toolchain's own linker: quicker than the system's, and it does not warn about what Foundation refers to.
// A release folds equal functions (nothing here compares their addresses), packs relocations (glibc 2.36), exports no symbols
// and has no unwind tables.
let withoutUnwindTables = Context.packageDirectory + "/Sources/pipeline/without-unwind-tables.ld"
for target in package.targets where target.type == .executable || target.type == .test {
    target.linkerSettings = [
        .unsafeFlags(["-use-ld=lld"]),
        .unsafeFlags(
            [
                "--icf=all", "-z", "pack-relative-relocs", "--no-export-dynamic",
                "--no-eh-frame-hdr", "-T", withoutUnwindTables,
            ].flatMap { ["-Xlinker", $0] }, .when(configuration: .release)),
    ]
}

// PIPELINE_TESTS=YAMLTests,PacksTests builds these test targets and what they need, and nothing else.
if let chosen = Context.environment["PIPELINE_TESTS"]?.split(separator: ",").map(String.init) {
    var wanted = Set(chosen)
    for _ in package.targets {
        for target in package.targets where wanted.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies { wanted.insert(name) }
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products = []
}
