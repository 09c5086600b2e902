import Processes
import Testing

@Suite struct LineSplitterTests {
    @Test(arguments: 1...9)
    func cutsTheSameHoweverItIsChopped(size: Int) {
        var splitter = LineSplitter()
        let bytes = Array("ä\r\n\nlong line\rx\n\r\nend".utf8)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += splitter.add(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(lines == ["ä", "", "long line\rx", ""])
        #expect(splitter.finish() == "end")
        #expect(splitter.finish() == nil)
    }

    @Test func boundsALine() {
        var splitter = LineSplitter(limit: 4)
        #expect(splitter.add(Array("abcdefghij\nabcd\n".utf8)) == ["abcd", "efgh", "ij", "abcd"])
        #expect(splitter.finish() == nil)
    }

    @Test func repairsWhatIsNotUTF8() {
        var splitter = LineSplitter()
        #expect(splitter.add([0x61, 0xFF, 0x0A]) == ["a\u{FFFD}"])
    }
}
