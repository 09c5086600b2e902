import Terminal
import Testing

@Suite struct StyleTests {
    @Test(arguments: [
        (true, ["TERM": "xterm"], true),
        (true, [:], true),
        (true, ["NO_COLOR": ""], true),
        (true, ["NO_COLOR": "1"], false),
        (true, ["NO_COLOR": "0"], false),
        (true, ["TERM": "dumb"], false),
        (false, ["TERM": "xterm"], false),
    ])
    func whenColoursAreOn(isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(Style(isTerminal: isTerminal, environment: environment).isEnabled == expected)
    }

    @Test func sequences() {
        let style = Style(isEnabled: true)
        #expect(style.red("x") == "\u{1B}[31mx\u{1B}[39m")
        #expect(style.bold(style.green("x")) == "\u{1B}[1m\u{1B}[32mx\u{1B}[39m\u{1B}[22m")
        #expect(style.cyan("") == "")
    }

    @Test func offAddsNothing() {
        let style = Style(isEnabled: false)
        let all = [
            style.bold, style.dim, style.red, style.green, style.yellow, style.blue, style.cyan,
        ]
        #expect(all.map { $0("x") } == Array(repeating: "x", count: 7))
    }
}
