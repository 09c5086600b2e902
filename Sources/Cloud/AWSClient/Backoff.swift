/// How long to wait before asking again: at random between nothing and a bound that doubles, "full jitter", so
/// that many who were refused together do not come back together
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
package struct Backoff: Hashable, Sendable {
    /// Seconds: the bound of the first wait, and the most that any has.
    package var base: Double = 0.5
    package var most: Double = 20

    package init(base: Double = 0.5, most: Double = 20) {
        self.base = base
        self.most = most
    }

    /// The bound of a wait, in seconds; the first has number 0.
    package func bound(_ number: Int) -> Double {
        var bound = base
        for _ in 0..<min(max(number, 0), 30) where bound < most { bound *= 2 }
        return min(bound, most)
    }

    /// - Parameter chance: from 0 to 1.
    package func wait(_ number: Int, chance: Double) -> Double { bound(number) * chance }
}
