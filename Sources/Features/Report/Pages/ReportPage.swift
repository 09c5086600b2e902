import Digests

/// The report as one page of HTML that needs nothing else: style, scripts, the library for charts and the data
/// stand in it. Pure: text from text.
package struct ReportPage: Sendable {
    /// What every report begins with: by it a file is known for one, and may be replaced.
    package static let beginning = "<!doctype html>\n<!-- a report of pipeline -->\n"

    /// The name of the project.
    package let project: String
    /// One JSON document; `docs/reference/commands.md` describes it.
    package let data: String
    /// Where the page asks for newer data, relative to its own address; nil for a page that stays as it is.
    package let source: String?

    package init(project: String, data: String, source: String? = nil) {
        self.project = project
        self.data = data
        self.source = source
    }

    package var html: String {
        let title = HTMLText.escaped(project)
        let script = PageAssets.script
        return Self.beginning + """
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta http-equiv="Content-Security-Policy" content="\(policy(script))">
            <link rel="icon" href="data:,">
            <title>\(title) · pipeline report</title>
            <style>\(PageAssets.style)</style>
            </head>
            <body\(source.map { " data-source=\"\(HTMLText.escaped($0))\"" } ?? "")>
            <a class="skip" href="#main">Skip to the content</a>
            <header id="top"><h1>\(title)</h1></header>
            <main id="main" tabindex="-1"><noscript><p>The report is drawn by a script, and scripts are \
            switched off here. <code>pipeline status</code>, <code>pipeline logs</code> and \
            <code>pipeline releases</code> tell the same as text.</p></noscript></main>
            <footer id="foot"></footer>
            <script type="application/json" id="data">\(HTMLText.embedded(json: data))</script>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    /// Nothing but what stands in the page runs, and nothing is fetched but the data of a live page
    /// (https://www.w3.org/TR/CSP3/).
    private func policy(_ script: String) -> String {
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
            + "style-src \(hash(PageAssets.style)); script-src \(hash(script)); "
            + "connect-src \(source == nil ? "'none'" : "'self'")"
    }

    private func hash(_ text: String) -> String {
        "'sha256-\(Base64.encode(Digest.of(text).bytes))'"
    }
}
