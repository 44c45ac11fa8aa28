package import Cryptography
import Directory
import Exchange
package import ExchangeAPI
package import HTTP
import Primitives

/// A `LoopbackExchange` behind its routes, over mutual TLS on a free port of this machine.
package struct ServedExchange: Sendable {
    package let exchange: LoopbackExchange
    package let port: Int

    /// Clients of `exchange` that call at `port`, whoever serves there.
    package init(exchange: LoopbackExchange, port: Int) {
        self.exchange = exchange
        self.port = port
    }

    /// A client that shows a member's transport certificate.
    package func client(of member: LoopbackMember) async throws -> ExchangeClient {
        ExchangeClient(try await http(of: member))
    }

    /// The same below the contract, for requests that no client of ours makes.
    package func http(of member: LoopbackMember) async throws -> Client {
        http(
            ClientIdentity(
                certificatePEM: (member.transport.certificate.pem + member.authority.pem).bytes,
                keyPEM: try await member.keyStore.transportKey(member.transport.key)
            )
        )
    }

    package func client(_ chain: String, _ key: SecretBytes) -> ExchangeClient {
        ExchangeClient(http(ClientIdentity(certificatePEM: chain.bytes, keyPEM: key)))
    }

    /// A client without a certificate, as one that joins.
    package var stranger: ExchangeClient { ExchangeClient(strangerHTTP) }
    package var strangerHTTP: Client { http(nil) }

    private func http(_ identity: ClientIdentity?) -> Client {
        Client(
            base: "https://localhost:\(port)",
            identity: identity,
            roots: [exchange.root.pem.bytes],
            options: .patient
        )
    }
}

extension LoopbackExchange {
    /// An exchange at the present time, since TLS judges certificates by the machine's clock.
    package static func present(seed: UInt64 = 1) async throws -> LoopbackExchange {
        try await make(seed: seed, at: MachineTime().now)
    }

    /// The operator ends a member's TLS key.
    package func revokeTransport(of member: LoopbackMember) async throws {
        try await node.revoke(
            member.transport.certificate.sha256,
            of: member.id,
            since: time.now,
            reason: .superseded
        )
    }

    /// Serves while `body` runs.
    package func served<Result>(
        _ body: (ServedExchange) async throws -> Result
    ) async throws -> Result {
        let credentials = try await node.credentials()
        let tls = TLSServerConfiguration(
            chainPEM: credentials.chain.bytes,
            keyPEM: credentials.key,
            clientRootsPEM: credentials.clientAuthorities.bytes,
            clientCertificate: .optional
        )
        var router = Router()
        let node = node
        ExchangeRoutes(
            session: { certificate async throws(Refusal) in
                try await node.session(for: certificate)
            },
            enrolment: node,
            admission: { address throws(Refusal) in try node.admitEnrolment(from: address) }
        ).add(to: &router)
        let listener = ListenerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: tls
        )
        let server = try Server([(listener, router)], time: MachineTime())
        async let running: Void = server.run()
        let outcome: Swift.Result<Result, any Error>
        do {
            let served = ServedExchange(exchange: self, port: server.ports[0])
            outcome = .success(try await body(served))
        } catch {
            outcome = .failure(error)
        }
        server.drain()
        await running
        return try outcome.get()
    }
}

extension ClientOptions {
    /// For a server whose loops wait for the shared pool, on which hundreds of tests run.
    package static var patient: ClientOptions {
        var options = ClientOptions()
        options.connectTimeout = .seconds(120)
        return options
    }
}
