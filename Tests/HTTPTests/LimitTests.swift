import Cryptography
import Foundation
import Primitives
import TestKit
import Testing

@testable import HTTP

/// Bounds on connections, and the listener without TLS.
@Suite struct LimitTests {
    private let get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func `C16: the connection above an identity's share is answered 429`() async throws {
        var limits = ServerLimits()
        limits.connectionsPerIdentity = 2
        try await withServer(routes(), tls: Certificates.world.server(), limits: limits) {
            _,
            port in
            try await offPool {
                var open: [RawClient] = []
                for expected in [200, 200, 429] {
                    let raw = try RawClient(port: port)
                    #expect(raw.startTLS(as: "client"))
                    raw.send(self.get)
                    #expect(raw.answer()?.status == expected)
                    open.append(raw)
                }
                let other = try RawClient(port: port)
                #expect(other.startTLS(as: "second"))
                other.send(self.get)
                #expect(other.answer()?.status == 200)
                #expect(open.count == 3)
            }
        }
    }

    @Test func `a connection above an address's share is closed, and room comes back`()
        async throws
    {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 1
        try await withServer(routes(), limits: limits) { server, port in
            try await offPool {
                var first: RawClient? = try RawClient(port: port)
                first?.send(self.get)
                #expect(first?.answer()?.status == 200)
                let second = try RawClient(port: port)
                second.send(self.get)
                #expect(second.answer() == nil)
                first = nil
            }
            try await until { server.connections == 0 }
            let third = try await offPool {
                let raw = try RawClient(port: port)
                raw.send(self.get)
                return raw.answer()?.status
            }
            #expect(third == 200)
        }
    }

    @Test func `a full server accepts again when there is room`() async throws {
        var limits = ServerLimits()
        limits.connections = 1
        let time = SimulatedTime()
        try await withServer(routes(), time: time, limits: limits) { server, port in
            let waiting = try await offPool {
                let first = try RawClient(port: port)
                first.send(self.get)
                #expect(first.answer()?.status == 200)
                let waiting = try RawClient(port: port)
                waiting.send(self.get)
                return waiting
            }
            try await until { server.connections == 0 }
            try await until {
                if server.connections == 0 { time.advance(by: .milliseconds(100)) }
                return server.connections == 1
            }
            #expect(try await offPool { waiting.answer()?.status } == 200)
        }
    }

    @Test func `strangers who let a body trickle hold up nobody but strangers`() async throws {
        var limits = ServerLimits()
        limits.strangersHandlers = 1
        limits.runningHandlers = 1
        let began = Lock(0)
        var router = routes()
        let options = RouteOptions(bodyLimit: 9, pool: .strangers, requiresIdentity: false)
        router.on(.post, "/open", options) { request, _ async throws(HTTPFailure) in
            began.withLock { $0 += 1 }
            return Response(status: try await request.body(limit: 9).count == 9 ? 200 : 400)
        }
        let head = "POST /open HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
        try await withServer(router, limits: limits) { _, port in
            let slow = try await offPool {
                let slow = try RawClient(port: port)
                slow.send(head + "12345678")
                return slow
            }
            try await until { began.withLock { $0 } == 1 }
            let statuses = try await offPool {
                var statuses: [Int?] = []
                for request in [head + "123456789", self.get] {
                    let raw = try RawClient(port: port)
                    raw.send(request)
                    statuses.append(raw.answer()?.status)
                }
                slow.send("9")
                statuses.append(slow.answer()?.status)
                // The place is free again.
                let next = try RawClient(port: port)
                next.send(head + "123456789")
                statuses.append(next.answer()?.status)
                return statuses
            }
            #expect(statuses == [503, 200, 200, 200])
        }
    }

    @Test func `the control socket is for its owner alone and has no TLS`() async throws {
        let path = NSTemporaryDirectory() + "renkei-\(UUID().uuidString.prefix(8)).sock"
        let configuration = ListenerConfiguration(address: .unix(path: path, mode: 0o600))
        try await withServer(configuration, routes()) { server, port in
            #expect(port == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let caller = Client(
                base: "http://control",
                identity: nil,
                roots: [],
                unixSocket: path
            )
            let answer = try await caller.send(.post, "/echo", body: [1, 2, 3])
            #expect(answer.body == [1, 2, 3])
        }
        let again = try Server([(configuration, routes())], time: SimulatedTime())
        #expect(again.ports == [0])
    }

    @Test func `a server that cannot listen says why`() throws {
        let taken = try Server(
            [(ListenerConfiguration(address: .tcp(host: "127.0.0.1", port: 0)), routes())],
            time: SimulatedTime()
        )
        let addresses: [ListenerConfiguration.Address] = [
            .tcp(host: "127.0.0.1", port: taken.ports[0]),
            .tcp(host: "localhost", port: 0),
            .tcp(host: "127.0.0.1", port: 70_000),
            .unix(path: "/nowhere/" + String(repeating: "x", count: 200), mode: 0o600),
            .unix(path: "/nowhere/control.sock", mode: 0o600),
        ]
        for address in addresses {
            let error = #expect(throws: ServerError.self) {
                try Server(
                    [(ListenerConfiguration(address: address), routes())],
                    time: SimulatedTime()
                )
            }
            #expect(error?.code == "listenAddress")
            #expect(error?.advice.isEmpty == false)
        }
    }

    @Test(arguments: ["chain", "key", "roots"])
    func `TLS settings that are not PEM are refused`(_ broken: String) throws {
        let world = Certificates.world
        let tls = TLSServerConfiguration(
            chainPEM: broken == "chain" ? [] : world.pem("server.pem"),
            keyPEM: broken == "key" ? SecretBytes(copying: "no key".bytes) : world.key("server"),
            clientRootsPEM: broken == "roots" ? [] : world.pem("root.pem")
        )
        let address = ListenerConfiguration.Address.tcp(host: "127.0.0.1", port: 0)
        let error = #expect(throws: ServerError.self) {
            try Server(
                [(ListenerConfiguration(address: address, tls: tls), routes())],
                time: SimulatedTime()
            )
        }
        #expect(error?.code == "serverCertificate")
    }

    @Test func `the access log names the template and never the target`() async throws {
        let records = Lock<[AccessRecord]>([])
        let configuration = ListenerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: Certificates.world.server(),
            accessLog: { record in records.withLock { $0.append(record) } }
        )
        try await withServer(configuration, routes()) { _, port in
            let caller = client(port, as: "client")
            let answer = try await caller.send(.put, "/things/private", body: [1])
            #expect(answer.fields["renkei-trace"] == records.withLock { $0.first?.trace })
            _ = try await caller.send(.get, "/nothing")
        }
        let written = records.withLock { $0 }
        #expect(written.map(\.template) == ["/things/{name}", ""])
        #expect(written.map(\.method) == [.put, .get])
        #expect(written.map(\.status) == [200, 404])
        #expect(written.first?.bytes == "private 1".utf8.count)
        #expect(written.allSatisfy { $0.identity != nil })
    }
}
