/// Durations and sizes as people write them in a definition.
package enum Quantity {
    /// Seconds in `90`, `45s`, `30m`, `6h` or `2d`; nil when the text is none of these.
    package static func seconds(_ text: String) -> Double? {
        measured(text, units: ["s": 1, "m": 60, "h": 3600, "d": 86400])
    }

    /// Bytes in `500`, `200K`, `50M`, `4G` or `1T` (powers of 1024, as memory is counted).
    package static func bytes(_ text: String) -> Int64? {
        let units: [Character: Double] = [
            "K": 1024, "M": 1_048_576, "G": 1_073_741_824, "T": 1_099_511_627_776,
        ]
        guard let value = measured(text, units: units), value < 9e18 else { return nil }
        return Int64(value)
    }

    private static func measured(_ text: String, units: [Character: Double]) -> Double? {
        var digits = text[...]
        var factor = 1.0
        if let last = digits.last, let unit = units[last] {
            factor = unit
            digits.removeLast()
        }
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }),
            let number = Double(digits)
        else { return nil }
        return number * factor
    }
}
