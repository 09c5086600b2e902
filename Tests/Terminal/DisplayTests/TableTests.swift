import Terminal
import Testing

@Suite struct TableTests {
    private var table: Table {
        var table = Table([.init("stage"), .init("units", .right), .init("state")])
        table.add(["compile", "12,345", "done"])
        table.add(["日本", "1"])
        table.add(["x", "20", "running", "beyond"])
        return table
    }

    @Test func columnsAreAligned() {
        #expect(
            table.render() == [
                "stage     units  state",
                "compile  12,345  done",
                "日本          1",
                "x            20  running",
            ])
    }

    @Test func linesAreCut() {
        #expect(table.render(width: 10).allSatisfy { DisplayWidth.of($0) <= 10 })
        #expect(table.render(width: 10)[1] == "compile  …")
    }

    @Test func titlesAreEmphasised() {
        let lines = table.render(style: Style(isEnabled: true))
        #expect(lines[0] == "\u{1B}[1mstage     units  state\u{1B}[22m")
    }

    @Test func withoutTitles() {
        var table = Table([.init(""), .init("")])
        #expect(table.isEmpty)
        #expect(table.render() == [])
        table.add(["a", "b"])
        #expect(!table.isEmpty)
        #expect(table.render() == ["a  b"])
    }

    @Test func emphasisInCellsTakesNoColumns() {
        var table = Table([.init("n"), .init("m")])
        table.add([Style(isEnabled: true).red("ab"), "c"])
        #expect(table.render()[0] == "n   m")
        #expect(table.render()[1].hasSuffix("  c"))
    }
}
