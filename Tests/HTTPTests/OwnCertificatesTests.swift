import Cryptography
import Foundation
import Primitives
import TestKit
import Testing

@testable import HTTP

/// The certificates of our own authorities, in the strict eyes of libssl and libcurl.
@Suite struct OwnCertificatesTests {
    private func pem(_ certificates: Certificate...) -> [UInt8] {
        certificates.map(\.pem).joined().bytes
    }

    @Test func `a member's transport certificate gets in under its name`()
        async throws
    {
        // libssl has no other clock than the machine's.
        let now = Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
        let world = try await World.make(at: now)
        let exchange = world.exchange
        let member = world.member(.clinic)
        let tls = TLSServerConfiguration(
            chainPEM: pem(exchange.server.certificate, exchange.serviceAuthority.certificate),
            keyPEM: try await exchange.store.transportKey(exchange.server.key),
            clientRootsPEM: pem(exchange.root.certificate)
        )
        let key = try await member.store.transportKey(member.transport.key)
        let identity = ClientIdentity(
            certificatePEM: pem(
                member.transport.certificate,
                exchange.memberAuthority.certificate
            ),
            keyPEM: key
        )
        let subject = "hello CN=\(member.id),O=Renkei Members".bytes
        try await withServer(routes(), tls: tls) { _, port in
            let caller = Client(
                base: "https://localhost:\(port)",
                identity: identity,
                roots: [pem(exchange.root.certificate)],
                options: .patient
            )
            let answer = try await caller.send(.get, "/hello")
            #expect(answer.body == subject)
        }
    }
}
