import Failures
import Testing

@Suite struct UnforeseenTests {
    private struct Surprise: Error {}

    @Test func anErrorThatTellsNothingOfItselfIsAFaultOfTheProgram() {
        let failure = Failure(of: Surprise())
        #expect(failure.code == "unexpected")
        #expect(failure.cause == "Surprise()")
        #expect(failure.next?.contains("report it") == true)
    }
}
