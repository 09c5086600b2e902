import Testing

@testable import Reports

struct ReportPageTests {
    @Test("no text can end the element that it stands in")
    func escapes() {
        let data = #"{"unit":"</script><script>alert(1)</script><!-- & \#u{2028}\#u{2029}"}"#
        let page = ReportPage(project: "a<b>\"&'</title>", data: data).html
        #expect(page.contains("<h1>a&lt;b&gt;&quot;&amp;&#39;&lt;/title&gt;</h1>"))
        #expect(page.contains(#"\u003c/script\u003e\u003cscript\u003ealert(1)"#))
        #expect(!page.contains("<script>alert"))
        #expect(!page.contains("\u{2028}"))
        // The data, the scripts.
        #expect(page.split(separator: "</script>", omittingEmptySubsequences: false).count == 3)
    }

    @Test("a page fetches nothing, and a live one only from its own server")
    func policy() {
        let page = ReportPage(project: "p", data: "{}").html
        #expect(page.hasPrefix(ReportPage.beginning))
        #expect(page.contains("default-src 'none'"))
        #expect(page.contains("connect-src 'none'"))
        #expect(!page.contains("unsafe-inline"))
        #expect(!page.contains("data-source=\""))
        let live = ReportPage(project: "p", data: "{}", source: "data.json").html
        #expect(live.contains("connect-src 'self'"))
        #expect(live.contains("<body data-source=\"data.json\">"))
    }

    @Test("the library for charts comes with its licence")
    func licence() {
        #expect(
            ReportPage(project: "p", data: "{}").html.contains("Released under the MIT License"))
    }
}
