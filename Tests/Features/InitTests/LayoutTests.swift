import PipelineModel
import PipelineShipping
import Posix
import ProjectScaffold
import ScriptReading
import SiteScanner
import Testing
import YAML

/// `Tests/layouts`: folders as sites have them, and for each the definition that its owner would write.
struct LayoutTests {
    static let names = [
        "cells", "course-overlay", "dash-with-database", "data-packages", "datasette-air",
        "experiments-on-ecs", "quarto-report", "reef-by-cdk", "streamlit-with-dvc",
    ]

    @Test("init proposes what the owner of the folder would write", arguments: names)
    func proposed(name: String) throws {
        let layout = Layout(name)
        try layout.compare(try layout.proposal(), with: "expected")
    }

    @Test("several sites in one folder are found, each with a definition of its own")
    func several() throws {
        let layout = Layout("two-sites")
        let folders = SiteFolders.of(try layout.facts())
        #expect(folders == ["sites/air", "sites/water"])
        for folder in folders {
            let proposal = try #require(Proposal.make(try layout.facts(below: "/" + folder)))
            try layout.compare(proposal, with: "expected/" + folder)
        }
    }

    @Test("every layout that there is has a test")
    func all() throws {
        let entries = try FileSystem.entries(of: Layout.folder).map(\.name).sorted()
        #expect(entries == (Self.names + ["two-sites"]).sorted())
    }
}

private struct Layout {
    static let folder =
        String(
            #filePath.dropLast("/Features/InitTests/LayoutTests.swift".count)) + "/layouts"

    let name: String
    private var root: String { "\(Self.folder)/\(name)" }

    init(_ name: String) {
        self.name = name
    }

    func facts(below path: String = "") throws -> SiteFacts {
        let folder = "\(root)/folder\(path)"
        let scan = try SiteScanner.facts(of: folder)
        var facts = ProgramReader.read(
            scan.facts, root: folder, programs: scan.programs, texts: scan.holders)
        if path.isEmpty { facts.name = name }
        #expect(facts.reading == .done)
        return facts
    }

    func proposal() throws -> Proposal { try #require(Proposal.make(try facts())) }

    /// Structures, without comments and without the order of keys.
    func compare(_ proposal: Proposal, with expected: String) throws {
        _ = try DefinitionReader.read(
            proposal.definition, file: "pipeline.yaml", executors: Registry.executorSchemas)
        try compare(proposal.definition, "\(root)/\(expected)/pipeline.yaml")
        for environment in proposal.environments {
            _ = try EnvironmentReader.read(
                environment.text, name: environment.name, file: "x",
                transports: Registry.transportSchemas, targets: Registry.targetSchemas)
            let file = environment.name + ".yaml" + (environment.isDraft ? ".draft" : "")
            let path = "\(root)/\(expected)/environments/\(file)"
            if try FileSystem.status(path) != nil { try compare(environment.text, path) }
        }
        for name in try entries("\(root)/\(expected)/environments") {
            #expect(
                proposal.environments.contains {
                    name == $0.name + ".yaml" + ($0.isDraft ? ".draft" : "")
                }, "\(name) is expected, and not proposed")
        }
        let path = "\(root)/\(expected)/questions.txt"
        let wanted =
            try FileSystem.status(path) == nil
            ? [] : FileSystem.readText(path).split(separator: "\n").map(String.init)
        #expect(proposal.questions.map(\.text) == wanted)
    }

    private func entries(_ folder: String) throws -> [String] {
        try FileSystem.status(folder) == nil ? [] : FileSystem.entries(of: folder).map(\.name)
    }

    private func compare(_ text: String, _ path: String) throws {
        let made = Self.lines(try YAML.parse(text))
        let wanted = Self.lines(try YAML.parse(try FileSystem.readText(path)))
        let missing = wanted.subtracting(made).sorted()
        let surplus = made.subtracting(wanted).sorted()
        #expect(
            missing.isEmpty && surplus.isEmpty,
            "\(path)\n\(missing.map { "- \($0)" }.joined(separator: "\n"))\n\(surplus.map { "+ \($0)" }.joined(separator: "\n"))"
        )
    }

    /// `stages.image.kind: image`; lists with their positions.
    private static func lines(_ node: Node?, _ place: String = "") -> Set<String> {
        guard let node else { return [] }
        if let mapping = node.mapping {
            return mapping.reduce(into: []) { lines, entry in
                lines.formUnion(Self.lines(entry.value, place + "." + (entry.key.text ?? "?")))
            }
        }
        if let sequence = node.sequence {
            return sequence.enumerated().reduce(into: ["\(place): \(sequence.count) entries"]) {
                lines, entry in
                lines.formUnion(Self.lines(entry.element, "\(place)[\(entry.offset)]"))
            }
        }
        return ["\(place): \(node.text ?? "?")"]
    }
}
