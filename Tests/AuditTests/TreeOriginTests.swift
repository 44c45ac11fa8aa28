import Audit
import Primitives
import Testing

struct TreeOriginTests {
    @Test func `the three forms are written and read back`() {
        let access = "exchange.example/log/access/\(AuditWorld.hospital)/2026"
        #expect(AuditWorld.keys.text == "exchange.example/log/keys/2026")
        #expect(AuditWorld.transport.text == "exchange.example/log/transport/2026")
        #expect(AuditWorld.access.text == access)
        for origin in [AuditWorld.keys, AuditWorld.transport, AuditWorld.access] {
            #expect(TreeOrigin(origin.text) == origin)
        }
    }

    @Test(arguments: [
        "", "exchange.example/log/keys", "exchange.example/log/keys/2026/", "/log/keys/2026",
        "exchange.example/log/keys/0926", "exchange.example/log/keys/20261",
        "exchange.example/log/keys/２０２６", "exchange.example/log/access/2026",
        "exchange.example/log/access/m1/2026", "exchange.example/log/other/2026",
        "exchange.example/keys/2026", "Exchange.example/log/keys/2026",
        "exchange.example /log/keys/2026", "-x/log/keys/2026",
    ])
    func `any other text is no origin`(text: String) {
        #expect(TreeOrigin(text) == nil)
    }

    @Test(arguments: [
        ("2026-03-31T14:59:59.999Z", 2025), ("2026-03-31T15:00:00.000Z", 2026),
        ("2027-01-05T00:00:00.000Z", 2026),
    ])
    func `the fiscal year begins on 1 April in Japan`(time: String, year: Int) throws {
        #expect(TreeOrigin.fiscalYear(of: try #require(Timestamp(time))) == year)
    }
}
