import Testing

@testable import SiteRuntime

@Suite struct LocalPortsTests {
    @Test func readsTheKernelsTable() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
               0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
               1: 0100007F:4E20 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0
               2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0
            """
        #expect(LocalPorts.listening(in: table) == [5000, 80])
        #expect(LocalPorts.listening(in: "") == [])
    }

    @Test func takesNoneThatIsTaken() throws {
        let all = Set(LocalPorts.forSites)
        #expect(LocalPorts.free(avoiding: all) == nil)
        let free = try #require(LocalPorts.free(avoiding: []))
        #expect(!LocalPorts.isListening(free))
    }
}
