/// Text made safe for a place in HTML.
enum HTMLText {
    /// For the content of an element or a quoted attribute.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// JSON for the content of a script element, where only `</script` and `<!--` count
    /// (https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements).
    /// Outside of its strings JSON has none of these characters, so that the document stays the same.
    static func embedded(json: String) -> String {
        var embedded = ""
        embedded.reserveCapacity(json.utf8.count)
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<": embedded += "\\u003c"
            case ">": embedded += "\\u003e"
            case "&": embedded += "\\u0026"
            case "\u{2028}": embedded += "\\u2028"
            case "\u{2029}": embedded += "\\u2029"
            default: embedded.unicodeScalars.append(scalar)
            }
        }
        return embedded
    }
}
