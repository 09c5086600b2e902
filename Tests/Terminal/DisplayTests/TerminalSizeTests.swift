import Glibc
import Terminal
import Testing

@Suite struct TerminalSizeTests {
    @Test func aPseudoterminalSaysItsSize() throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(terminal >= 0)
        defer { close(terminal) }
        var size = winsize(ws_row: 40, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        #expect(TerminalSize.isTerminal(terminal))
        #expect(TerminalSize.ofTerminal(terminal) == TerminalSize(columns: 132, rows: 40))
        size = winsize()
        try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        #expect(TerminalSize.ofTerminal(terminal) == nil)
    }

    @Test func aFileIsNoTerminal() throws {
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        #expect(!TerminalSize.isTerminal(file))
        #expect(TerminalSize.ofTerminal(file) == nil)
        #expect(TerminalSize.ofTerminal(-1) == nil)
    }
}
