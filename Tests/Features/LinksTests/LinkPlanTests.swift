import Testing

@testable import Links

/// Plans from two looks; nothing is on disk.
@Suite struct LinkPlanTests {
    private let rights = FolderRights(mode: 0o2750, owner: 7, group: 8)

    private func source(_ entries: [(String, LinkSource.Kind)]) -> LinkSource {
        LinkSource(
            root: "/mnt/overlay",
            entries: entries.map { LinkSource.Entry(path: bytes($0.0), kind: $0.1) })
    }

    private func target(_ states: [(String, LinkTarget.State)]) -> LinkTarget {
        LinkTarget(
            root: "/",
            states: Dictionary(uniqueKeysWithValues: states.map { (bytes($0.0), $0.1) }))
    }

    @Test func foldersBeforeTheLinksInThem() {
        let plan = LinkPlan(
            source: source([
                ("home", .folder(rights)), ("home/a", .folder(rights)), ("home/a/x.fa", .file),
                ("top", .file),
            ]), target: target([("home", .folder)]), replace: false)
        #expect(
            plan.actions == [
                .makeFolder(bytes("home/a"), rights),
                .link(bytes("home/a/x.fa"), text: "/mnt/overlay/home/a/x.fa"),
                .link(bytes("top"), text: "/mnt/overlay/top"),
            ])
        #expect(plan.conflicts == [])
    }

    private static let states: [(LinkTarget.State, Bool, LinkPlan.Action?, Bool)] = [
        (.link("/mnt/overlay/f"), false, nil, false),
        (.link("/mnt/overlay/f"), true, nil, false),
        (
            .link("/mnt/overlay/old/f"), false,
            .relink(bytes("f"), text: "/mnt/overlay/f", old: "/mnt/overlay/old/f"), false
        ),
        (.file, false, nil, true),
        (.file, true, .replace(bytes("f"), text: "/mnt/overlay/f", old: .file), false),
        (.link("/mnt/overlay-2/f"), false, nil, true),
        (.link("/mnt/overlay/../f"), false, nil, true),
        (.link("f2"), false, nil, true),
        (.link("f2"), true, .replace(bytes("f"), text: "/mnt/overlay/f", old: .link("f2")), false),
        (.folder, true, nil, true),
        (.other, true, nil, true),
    ]

    @Test(arguments: states.indices) func whatStandsInTheWay(index: Int) {
        let (state, replace, action, isConflict) = Self.states[index]
        let plan = LinkPlan(
            source: source([("f", .file)]), target: target([("f", state)]), replace: replace)
        #expect(plan.actions == (action.map { [$0] } ?? []))
        #expect(plan.conflicts.isEmpty != isConflict)
        #expect(plan.upToDate == (action == nil && !isConflict ? 1 : 0))
    }

    @Test func conflictsSayWhy() {
        let plan = LinkPlan(
            source: source([
                ("a", .file), ("b", .file), ("d", .skipped(.linkToFolder)),
            ]),
            target: target([("a", .file), ("b", .folder)]), replace: false)
        #expect(
            plan.conflicts == [
                .init(path: bytes("a"), reason: .kept(.file)),
                .init(path: bytes("b"), reason: .occupied(.folder)),
                .init(path: bytes("d"), reason: .skipped(.linkToFolder)),
            ])
        #expect(plan.conflicts.map(\.isRefusal) == [false, true, false])
    }

    @Test(arguments: [LinkTarget.State.link("/elsewhere"), .link("/mnt/overlay/lib"), .file])
    func nothingIsWrittenBelowWhatIsNoFolder(state: LinkTarget.State) {
        let plan = LinkPlan(
            source: source([
                ("lib", .folder(rights)), ("lib/d", .folder(rights)), ("lib/d/f", .file),
                ("lib/f", .file), ("libx", .file),
            ]), target: target([("lib", state)]), replace: true)
        #expect(plan.actions == [.link(bytes("libx"), text: "/mnt/overlay/libx")])
        #expect(plan.conflicts == [.init(path: bytes("lib"), reason: .noFolder(state))])
    }

    @Test func twoSpellingsThatUnicodeCallsEqualAreTwoFiles() {
        let plan = LinkPlan(
            source: source([("e\u{301}", .file), ("\u{e9}", .file)]),
            target: target([("\u{e9}", .link("/mnt/overlay/e\u{301}"))]), replace: false)
        #expect(
            plan.actions.map(\.path) == [bytes("e\u{301}"), bytes("\u{e9}")])
        guard case .relink = plan.actions.last else {
            Issue.record("the other spelling is another file")
            return
        }
    }

    @Test func removals() {
        var target = target([("f", .link("/mnt/overlay/gone"))])
        target.dangling = [
            .init(path: bytes("f"), text: "/mnt/overlay/gone"),
            .init(path: bytes("old/g"), text: "/mnt/overlay/old/g"),
        ]
        target.leftovers = [bytes("old/.pipeline-aside-link-1")]
        let plan = LinkPlan(source: source([("f", .file)]), target: target, replace: false)
        #expect(
            plan.actions == [
                .clear(bytes("old/.pipeline-aside-link-1")),
                .relink(bytes("f"), text: "/mnt/overlay/f", old: "/mnt/overlay/gone"),
                .remove(bytes("old/g"), old: "/mnt/overlay/old/g"),
            ])
        #expect(plan.removals == 1)
    }

    @Test(
        arguments: [
            (20, 20, nil, false), (21, 21, nil, true), (50, 250, nil, false), (51, 250, nil, true),
            (51, 250, 51, false), (1, 250, 0, true),
        ] as [(Int, Int, Int?, Bool)])
    func manyRemovalsAreAMistake(count: Int, all: Int, limit: Int?, isStorm: Bool) {
        var target = target([])
        target.linksIntoSource = all
        target.dangling = (0..<count).map {
            .init(path: bytes("f\($0)"), text: "/mnt/overlay/f\($0)")
        }
        let plan = LinkPlan(source: source([]), target: target, replace: false)
        #expect((plan.storm(target, limit: limit) != nil) == isStorm)
    }
}
