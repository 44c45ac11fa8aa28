import Primitives
import TestKit
import Testing

@testable import HTTP

@Suite struct AcceptanceTests {
    /// The machine and the routes without sockets, given a request in pieces.
    private func status(of request: [UInt8], cutAt cuts: [Int] = []) -> Int? {
        let service = Service(
            configuration: ListenerConfiguration(
                address: .tcp(host: "127.0.0.1", port: 0),
                hostNames: Acceptance.hosts
            ),
            handler: Acceptance.routes(),
            limits: ServerLimits(),
            time: SimulatedTime(),
            random: SeededRandom(seed: 1),
            load: Load(limits: ServerLimits())
        )
        var connection = Connection(limits: service.limits, now: .zero)
        var start = 0
        for end in cuts + [request.count] {
            connection.receive(request[start..<end], at: .zero)
            start = end
            while let event = connection.next(at: .zero) {
                do throws(HTTPFailure) {
                    guard case .request(let head) = event else {
                        guard case .refuse(let failure) = event else { return nil }
                        throw failure
                    }
                    let plan = try service.plan(head, of: nil, isOverLimit: false)
                    if let failure = connection.limitBody(to: plan.bodyLimit) { throw failure }
                } catch {
                    return error.status
                }
            }
        }
        return connection.isRequestWhole ? 200 : nil
    }

    @Test(arguments: Acceptance.rows)
    func `the machine answers as the table says`(_ row: AcceptanceRow) {
        #expect(status(of: row.request.bytes) == row.status)
    }

    @Test(arguments: Acceptance.rows)
    func `a request in single bytes is answered as one in one piece`(_ row: AcceptanceRow) {
        let bytes = row.request.bytes
        guard bytes.count < 1000 else { return }
        #expect(status(of: bytes, cutAt: Array(1..<bytes.count)) == row.status)
    }

    @Test func `every row of the table has its requests`() {
        let left = ["A30", "A35", "A37", "A38"]
        let ids = Set(Acceptance.rows.map(\.id)).union(left)
        #expect(ids == Set((1...38).map { $0 < 10 ? "A0\($0)" : "A\($0)" }))
    }

    @Test func `each row over a plain connection`() async throws {
        let configuration = ListenerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            hostNames: Acceptance.hosts
        )
        try await withServer(configuration, Acceptance.routes()) { _, port in
            try await offPool {
                for row in Acceptance.rows {
                    let client = try RawClient(port: port)
                    client.send(row.request)
                    #expect(client.answer()?.status == row.status, "\(row)")
                }
            }
        }
    }

    @Test func `each id over TLS`() async throws {
        let configuration = ListenerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: Certificates.world.server(.none),
            hostNames: Acceptance.hosts
        )
        try await withServer(configuration, Acceptance.routes()) { _, port in
            try await offPool {
                for row in Acceptance.firstRows {
                    let client = try RawClient(port: port)
                    #expect(client.startTLS())
                    client.send(row.request)
                    #expect(client.answer()?.status == row.status, "\(row)")
                }
            }
        }
    }
}
