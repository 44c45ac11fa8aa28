import Cryptography
import Primitives
import TestKit
import Testing

@testable import HTTP

/// Who gets in, and who stays in.
@Suite struct HandshakeTests {
    private let get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test(arguments: ["selfSigned", "stranger", "expired", "future", "serverOnly"])
    func `a certificate that is not of our roots ends the handshake`(_ name: String) async throws {
        try await withServer(routes(), tls: Certificates.world.server()) { server, port in
            try await offPool {
                let raw = try RawClient(port: port)
                _ = raw.startTLS(as: name)
                raw.send(self.get)
                #expect(raw.rest() == [])
            }
            await #expect(throws: ClientError.peerRejectedUs) {
                try await client(port, as: name).send(.get, "/hello")
            }
            #expect(try await client(port, as: "client").send(.get, "/hello").status == 200)
        }
    }

    @Test func `without a certificate there is no connection where one is required`() async throws {
        try await withServer(routes(), tls: Certificates.world.server()) { _, port in
            await #expect(throws: ClientError.peerRejectedUs) {
                try await client(port, as: nil).send(.get, "/hello")
            }
        }
    }

    @Test func `without a certificate only the open routes answer where it is optional`()
        async throws
    {
        try await withServer(routes(), tls: Certificates.world.server(.optional)) { _, port in
            let stranger = client(port, as: nil)
            #expect(try await stranger.send(.get, "/hello").body == "hello stranger".bytes)
            let refused = try await stranger.send(.get, "/secret")
            #expect(refused.status == 403)
            #expect(String(decoding: refused.body, as: UTF8.self).contains("certificateMissing"))
            #expect(try await client(port, as: "client").send(.get, "/secret").status == 200)
        }
    }

    @Test func `TLS 1.2, plain HTTP and an unknown name do not get in`() async throws {
        let configuration = ListenerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: Certificates.world.server(.none),
            hostNames: ["localhost"]
        )
        try await withServer(configuration, routes()) { _, port in
            try await offPool {
                #expect(try !RawClient(port: port).startTLS(version: 0x0303))
                #expect(try !RawClient(port: port).startTLS(serverName: "other.example"))
                #expect(try RawClient(port: port).startTLS())
                let plain = try RawClient(port: port)
                plain.send(self.get)
                #expect(!String(decoding: plain.rest(), as: UTF8.self).contains("HTTP/1.1"))
            }
        }
    }

    @Test(arguments: [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]])
    func `C01: half a handshake is closed after ten seconds`(_ start: [UInt8]) async throws {
        let time = SimulatedTime()
        try await withServer(routes(), tls: Certificates.world.server(), time: time) {
            server,
            port in
            let raw = try RawClient(port: port)
            raw.send(start)
            try await until { server.connections == 1 }
            await time.waitForSleeper()
            time.advance(by: .seconds(10))
            #expect(try await offPool { raw.rest() } == [])
            try await until { server.connections == 0 }
        }
    }

    @Test func `C14: a certificate revoked between two requests is refused at the second`()
        async throws
    {
        let isRevoked = Lock(false)
        let configuration = ListenerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: Certificates.world.server(),
            admission: { _ in isRevoked.withLock { $0 } ? .refused : .allowed }
        )
        try await withServer(configuration, routes()) { _, port in
            try await offPool {
                let raw = try RawClient(port: port)
                #expect(raw.startTLS(as: "client"))
                raw.send(self.get)
                #expect(raw.answer()?.status == 200)
                isRevoked.withLock { $0 = true }
                raw.send(self.get)
                let refused = raw.answer()
                #expect(refused?.status == 403)
                #expect(refused?.closes == true)
                #expect(raw.answer() == nil)
            }
        }
    }

    @Test func `C15: a new chain is shown to new handshakes, and a wrong one is refused`()
        async throws
    {
        let world = Certificates.world
        try await withServer(routes(), tls: world.server(.none)) { server, port in
            let old = try await offPool {
                let raw = try RawClient(port: port)
                #expect(raw.startTLS())
                #expect(raw.serverName() == "/CN=server")
                return raw
            }
            try server.reload(listener: 0, tls: world.server(.none, named: "renewed"))
            let mixed = TLSServerConfiguration(
                chainPEM: world.pem("server.pem"),
                keyPEM: world.key("renewed"),
                clientCertificate: .none
            )
            #expect(throws: ServerError.self) { try server.reload(listener: 0, tls: mixed) }
            try await offPool {
                let raw = try RawClient(port: port)
                #expect(raw.startTLS())
                #expect(raw.serverName() == "/CN=renewed")
                old.send(self.get)
                #expect(old.answer()?.status == 200)
            }
        }
    }
}
