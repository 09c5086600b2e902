import Arguments
import Posix
import Testing

@testable import PipelineCommands

/// `docs/reference/commands.md` has every command with its options, and no others.
@Suite struct CommandsPageTests {
    /// What stands below each heading of the page, until the next heading of its level or above.
    private static func sections() throws -> [(title: String, text: String)] {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let lines = try FileSystem.readText("\(root)/docs/reference/commands.md")
            .split(separator: "\n", omittingEmptySubsequences: false)
        func level(_ line: Substring) -> Int? {
            let marks = line.prefix { $0 == "#" }.count
            return marks > 1 && line.dropFirst(marks).first == " " ? marks : nil
        }
        return lines.indices.compactMap { start in
            guard let own = level(lines[start]) else { return nil }
            let rest = lines[(start + 1)...]
            let end = rest.firstIndex { level($0).map { $0 <= own } ?? false } ?? lines.endIndex
            return (
                String(lines[start].dropFirst(own + 1)),
                lines[(start + 1)..<end].joined(separator: "\n")
            )
        }
    }

    /// The commands that do something, by their names below the program's.
    private static let commands: [(name: String, chain: CommandChain)] = {
        func leaves(_ names: [String], _ spec: CommandSpec) -> [[String]] {
            spec.visibleSubcommands.isEmpty
                ? [names] : spec.visibleSubcommands.flatMap { leaves(names + [$0.name], $0) }
        }
        return leaves([], CommandLineTool.root).compactMap { names in
            CommandLineTool.root.chain(names).map { (names.joined(separator: " "), $0) }
        }
    }()

    /// The words of a text that begin with a dash: `--plan`, `-e`.
    private static func options(in text: Substring) -> Set<String> {
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-") }
        return Set(
            words.filter { $0.hasPrefix("-") && $0.drop { $0 == "-" }.first?.isLetter == true }
                .map(String.init))
    }

    private static func spellings(_ option: OptionSpec) -> [String] {
        ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
    }

    @Test func everyCommandHasASection() throws {
        let titles = Set(try Self.sections().map(\.title))
        #expect(Self.commands.count > 25)
        #expect(Self.commands.map(\.name).filter { !titles.contains($0) } == [])
    }

    @Test func everyOptionIsInTheSectionOfItsCommand() throws {
        let sections = Dictionary(try Self.sections().map { ($0.title, $0.text) }) { $1 }
        for (name, chain) in Self.commands {
            let written = Self.options(in: sections[name, default: ""][...])
            let missing = chain.ownOptions.filter {
                !$0.isHidden && written.isDisjoint(with: Self.spellings($0))
            }
            #expect(missing.map(\.name) == [], "\(name)")
        }
    }

    @Test func usagesAndTablesHaveOptionsThatTheCommandTakes() throws {
        let sections = Dictionary(try Self.sections().map { ($0.title, $0.text) }) { $1 }
        for (name, chain) in Self.commands {
            let text = sections[name, default: ""]
            let taken = Set(
                (chain.ownOptions + chain.inheritedOptions).flatMap(Self.spellings))
            let fences = text.components(of: "```")
            #expect(fences.count > 2, "\(name) has no usage")
            let usage = fences.dropFirst().first ?? ""
            let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `-") }
                .compactMap { $0.split(separator: "|").first }
            for part in [usage] + rows {
                #expect(Self.options(in: part).subtracting(taken) == [], "\(name): \(part)")
            }
        }
    }
}

extension String {
    /// The parts between the places where a mark stands.
    fileprivate func components(of mark: String) -> [Substring] {
        split(separator: mark, omittingEmptySubsequences: false)
    }
}
