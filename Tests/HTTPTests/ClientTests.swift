import Glibc
import Primitives
import Testing

@testable import HTTP

@Suite struct ClientTests {
    /// A peer that takes one request and answers with these bytes, whatever they are.
    private struct Scripted: Handler {
        func respond(to request: Request) async -> Response { .text("unused") }
    }

    @Test func `only our own roots are trusted, whatever the machine trusts`() async throws {
        // A folder of authorities in OpenSSL's form, as Debian's default is; libcurl would use it
        // beside our roots if it were not taken away.
        try await withServer(routes(), tls: Certificates.world.server(.none)) { _, port in
            await #expect(throws: ClientError.untrusted) {
                try await client(port, as: nil, roots: ["foreign"]).send(.get, "/hello")
            }
            await #expect(throws: ClientError.untrusted) {
                try await client(port, as: nil, roots: []).send(.get, "/hello")
            }
            let both = client(port, as: nil, roots: ["foreign", "root"])
            #expect(try await both.send(.get, "/hello").status == 200)
        }
    }
}
