import Testing

@Suite struct LinkTests {
    @Test func linksBetweenPagesLeadSomewhere() throws {
        for page in try Repository.pages() {
            let folder = page.split(separator: "/").dropLast().map(String.init)
            for link in Markdown.localLinks(in: try Repository.text(page)) {
                let path = (folder + link.split(separator: "/").map(String.init))
                    .joined(separator: "/")
                #expect(try Repository.exists(path), "\(page) links to \(link)")
            }
        }
    }
}
