import Processes
import Testing

/// Units that end sooner than they are recorded, which are handed over before there is a slot for them.
struct ShortUnitTests {
    private let project: UnitProject
    private static let count = 400

    init() throws {
        project = try UnitProject(
            """
            project: short
            stages:
              make:
                kind: compile
                jobs: 2
                units:
                  u:
                    matrix: { n: { from: 1, to: \(Self.count) } }
                    command: [sh, -c, "echo +{n} >> log; cat stop 2> /dev/null; echo {n} > {output}; echo -{n} >> log"]
                    outputs: out/{n}
            """)
    }

    private func begun() throws -> [Int] {
        try project.text("log").split(separator: "\n").compactMap { line in
            line.first == "+" ? Int(line.dropFirst()) : nil
        }
    }

    private func attempts(_ outcome: String) throws -> Int {
        let count = try project.shell(
            "sqlite3 .pipeline/ledger.sqlite \"SELECT count(*) FROM attempts WHERE outcome = '\(outcome)'\""
        )
        return Int(count.filter(\.isNumber)) ?? -1
    }

    @Test("each runs once, and never more at once than there are slots")
    func atOnce() throws {
        #expect(try project.run().ran.count == Self.count)
        #expect(try begun().sorted() == Array(1...Self.count))
        var (now, most) = (0, 0)
        for line in try project.text("log").split(separator: "\n") {
            now += line.first == "+" ? 1 : -1
            most = max(most, now)
        }
        #expect(now == 0)
        #expect(most <= 2)
    }

    @Test("what is handed over early and does not begin soon is given back, and runs later")
    func interrupted() throws {
        let process = try project.start()
        #expect(try project.wait { try project.exists("log") && begun().count > 50 })
        // From now on a unit waits for ever.
        _ = try project.shell("mkfifo stop.new && mv stop.new stop")
        #expect(
            try project.wait {
                let log = try project.text("log").split(separator: "\n")
                return log.count { $0.first == "+" } == log.count { $0.first == "-" } + 2
            })
        // The others are given back: what is reported as running runs.
        #expect(try project.wait { try attempts("running") == 2 })
        process.signal(2)
        #expect(process.wait() == .exited(130))
        let before = try Set(begun())
        #expect(try attempts("running") == 0)
        #expect(try attempts("interrupted") == 2)
        _ = try project.shell("rm stop")
        #expect(try project.run().exit == .exited(0))
        // Those that were stopped in the middle began twice.
        let again = try Dictionary(grouping: begun()) { $0 }.filter { $0.value.count > 1 }.keys
        #expect(again.count <= 2)
        #expect(before.isSuperset(of: again))
        #expect(try Set(begun()) == Set(1...Self.count))
    }
}
