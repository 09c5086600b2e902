/// Amounts of money, for people.
package enum Dollars {
    /// `0.30`: rounded up to a cent, so that what is billed is never shown as nothing.
    package static func text(_ amount: Double) -> String {
        // What binary fractions add, as to 7 cents, is less than a millionth of one.
        let cents = Int((amount * 100 - 1e-6).rounded(.up))
        return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }
}
