import CReportAssets

/// What the page is made of beside its data.
enum PageAssets {
    static let style = text(report_style())

    /// The library, then the page's own scripts in a scope of their own.
    static let script =
        text(report_chart_library()) + "\n(() => {\n\"use strict\";\n"
        + (0..<Int(REPORT_SCRIPTS)).map { text(report_script($0)) }.joined() + "})();\n"

    private static func text(_ asset: report_asset) -> String {
        String(
            decoding: UnsafeRawBufferPointer(start: asset.bytes, count: asset.count), as: UTF8.self)
    }
}
