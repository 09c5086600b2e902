import Testing
import Texts

struct DollarsTests {
    @Test(arguments: [
        (0, "0.00"), (0.3, "0.30"), (0.07, "0.07"), (0.071, "0.08"), (0.0004, "0.01"),
        (1.999, "2.00"),
        (12.05, "12.05"),
    ])
    func amountsAreRoundedUpToACent(amount: Double, text: String) {
        #expect(Dollars.text(amount) == text)
    }
}
