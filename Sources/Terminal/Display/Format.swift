/// Quantities as people read them.
package enum Format {
    /// `0.4s`, `12s`, `1m 20s`, `3h 04m`, `2d 3h`. Less than nothing is `0.0s`; what is not a
    /// finite number is `?`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let tenths = (max(0, min(seconds, 1e12)) * 10).rounded()
        if tenths < 100 { return "\(decimal(tenths: Int(tenths)))s" }
        let whole = Int((min(seconds, 1e12)).rounded())
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m \(twoDigits(whole % 60))s"
        case ..<86_400: return "\(whole / 3600)h \(twoDigits(whole % 3600 / 60))m"
        default: return "\(whole / 86_400)d \(whole % 86_400 / 3600)h"
        }
    }

    /// `512 B`, `5.5 GB`, `120 MB`: units of 1000, as `ls --si` and disk makers count.
    package static func bytes(_ count: Int64) -> String {
        guard count >= 0 else { return "-" + bytes(count == .min ? .max : -count) }
        guard count >= 1000 else { return "\(count) B" }
        var value = Double(count)
        for unit in ["kB", "MB", "GB", "TB", "PB"] {
            value /= 1000
            if (value * 10).rounded() < 1000 {
                return "\(decimal(tenths: Int((value * 10).rounded()))) \(unit)"
            }
            if value.rounded() < 1000 { return "\(Int(value.rounded())) \(unit)" }
        }
        return "\(decimal(tenths: Int((value / 100).rounded()))) EB"
    }

    /// `12,345`.
    package static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    private static func decimal(tenths: Int) -> String { "\(tenths / 10).\(tenths % 10)" }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
