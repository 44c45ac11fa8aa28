import Primitives
import Testing

@testable import HTTP

@Suite struct ClientServerTests {
    @Test func `a client with its certificate is answered by name`() async throws {
        try await withServer(routes(), tls: Certificates.world.server()) { _, port in
            let answer = try await client(port, as: "client").send(.get, "/hello")
            #expect(answer.status == 200)
            #expect(answer.body == "hello CN=client".bytes)
            #expect(answer.fields["renkei-trace"]?.utf8.count == 32)
        }
    }

    @Test func `a body of a megabyte comes back byte for byte`() async throws {
        let body = (0..<(1024 * 1024)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServer(routes(), tls: Certificates.world.server()) { _, port in
            let answer = try await client(port, as: "client").send(.post, "/echo", body: body)
            #expect(answer.status == 200)
            #expect(answer.body == body)
        }
    }
}
