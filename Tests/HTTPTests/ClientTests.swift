import Foundation
import Glibc
import Primitives
import TestKit
import Testing

@testable import HTTP

@Suite struct ClientTests {
    private func caller(_ peer: ScriptedPeer) -> Client {
        Client(base: "http://control/", identity: nil, roots: [], unixSocket: peer.path)
    }

    private func failure(
        _ answer: String?,
        limitBytes: Int = 100,
        timeout: Duration = .seconds(20)
    ) async throws -> ClientError? {
        let peer = try ScriptedPeer(answer: answer)
        do throws(ClientError) {
            _ = try await caller(peer).send(
                .post,
                "/x",
                body: [1],
                bounds: ClientBounds(answerBytes: limitBytes, timeout: timeout)
            )
            return nil
        } catch {
            return error
        }
    }

    // MARK: Trust

    @Test func `only our own roots are trusted`() async throws {
        try await withServer(routes(), tls: Certificates.world.server(.none)) { _, port in
            for roots in [[], ["foreign"]] {
                await #expect(throws: ClientError.untrusted) {
                    try await client(port, as: nil, roots: roots).send(.get, "/hello")
                }
            }
            let both = try await client(port, as: nil, roots: ["foreign", "root"])
                .send(.get, "/hello")
            #expect(both.status == 200)
        }
    }

    /// A public authority that Debian has in its folder; a certificate that names it as its maker
    /// makes libssl look there, if it looks anywhere.
    private static let publicRoot = "/etc/ssl/certs/4042bcee.0"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: publicRoot)))
    func `the folder of public authorities is not even opened`() async throws {
        let watch = inotify_init1(Int32(IN_NONBLOCK))
        defer { close(watch) }
        #expect(unsafe inotify_add_watch(watch, Self.publicRoot, UInt32(IN_OPEN)) >= 0)
        let tls = Certificates.world.server(.none, named: "pretender")
        try await withServer(routes(), tls: tls) { _, port in
            await #expect(throws: ClientError.untrusted) {
                try await client(port, as: nil).send(.get, "/hello")
            }
        }
        var events = [UInt8](repeating: 0, count: 4096)
        #expect(unsafe read(watch, &events, events.count) < 0)
        _ = FileManager.default.contents(atPath: Self.publicRoot)
        #expect(unsafe read(watch, &events, events.count) > 0)
    }

    @Test func `a certificate for another name is not trusted, and a wrong pin neither`()
        async throws
    {
        try await withServer(routes(), tls: Certificates.world.server(.none)) { _, port in
            let root = Certificates.world.pem("root.pem")
            let byOtherName = Client(
                base: "https://127.0.0.2:\(port)",
                identity: nil,
                roots: [root]
            )
            await #expect(throws: ClientError.connect) { try await byOtherName.send(.get, "/") }
            var options = ClientOptions.patient
            options.pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            let pinned = Client(
                base: "https://localhost:\(port)",
                identity: nil,
                roots: [root],
                options: options
            )
            await #expect(throws: ClientError.untrusted) { try await pinned.send(.get, "/hello") }
        }
        try await withServer(routes(), tls: Certificates.world.server(.none, named: "elsewhere")) {
            _,
            port in
            await #expect(throws: ClientError.untrusted) {
                try await client(port, as: nil).send(.get, "/hello")
            }
        }
    }

    // MARK: Faults

    @Test func `a name that cannot be found and a port where nobody listens`() async throws {
        let label = String(repeating: "a", count: 64)
        await #expect(throws: ClientError.resolve) {
            try await Client(base: "https://\(label).invalid", identity: nil, roots: [])
                .send(.get, "/")
        }
        let port = try await withServer(routes()) { _, port in port }
        await #expect(throws: ClientError.connect) {
            try await client(port, as: nil).send(.get, "/")
        }
    }

    @Test(arguments: ["http://127.0.0.1:1", "file:///etc", "smtp://localhost"])
    func `no scheme but https is spoken`(_ base: String) async throws {
        await #expect(throws: ClientError.malformed) {
            try await Client(base: base, identity: nil, roots: []).send(.get, "/x")
        }
    }

    @Test(arguments: [
        ("", ClientError.aborted(sent: true)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .aborted(sent: true)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", .aborted(sent: true)),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
            .aborted(sent: true)
        ),
        ("no HTTP at all\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", .aborted(sent: true)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + String(repeating: "x", count: 101),
            .tooLarge
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n"
                + String(repeating: "x", count: 101) + "\r\n0\r\n\r\n",
            .tooLarge
        ),
    ])
    func `a cut, false or overlong answer is told apart`(
        _ answer: String,
        _ expected: ClientError
    ) async throws {
        #expect(try await failure(answer) == expected)
    }

    @Test func `an answer as long as agreed is taken`() async throws {
        let body = String(repeating: "x", count: 100)
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\(body)"
        #expect(try await failure(answer) == nil)
    }

    @Test func `an answer that does not come is a timeout after bytes had left`() async throws {
        #expect(try await failure(nil, timeout: .milliseconds(100)) == .timeout(sent: true))
    }

    @Test func `a handshake that does not come is a timeout before bytes had left`() async throws {
        // It listens, and nobody accepts.
        let address = ListenerConfiguration.Address.tcp(host: "127.0.0.1", port: 0)
        let silent = try Server(
            [(ListenerConfiguration(address: address), routes())],
            time: SimulatedTime()
        )
        await #expect(throws: ClientError.timeout(sent: false)) {
            try await client(silent.ports[0], as: nil)
                .send(.get, "/", bounds: ClientBounds(timeout: .milliseconds(100)))
        }
    }

    @Test func `a cancelled call ends at once`() async throws {
        let peer = try ScriptedPeer(answer: nil)
        let caller = caller(peer)
        let outcome = try await withThrowingTaskGroup(of: ClientError?.self) { group in
            group.addTask {
                do throws(ClientError) {
                    _ = try await caller.send(.get, "/")
                    return nil
                } catch {
                    return error
                }
            }
            try await until { !peer.request.isEmpty }
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(outcome == .aborted(sent: true))
    }

    @Test func `a call cancelled before it began sends nothing`() async throws {
        let peer = try ScriptedPeer(answer: nil)
        let caller = caller(peer)
        let outcome = await withTaskGroup(of: ClientError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(ClientError) {
                    _ = try await caller.send(.get, "/")
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        #expect(outcome == .aborted(sent: false))
        #expect(peer.request.isEmpty)
    }

    // MARK: What is sent

    @Test(arguments: [
        (Method.get, "GET /a?b=%20 HTTP/1.1\r\nHost: control\r\nX: y\r\n\r\n"),
        (.head, "HEAD /a?b=%20 HTTP/1.1\r\nHost: control\r\nX: y\r\n\r\n"),
        (.delete, "DELETE /a?b=%20 HTTP/1.1\r\nHost: control\r\nX: y\r\n\r\n"),
        (.put, "PUT /a?b=%20 HTTP/1.1\r\nHost: control\r\nX: y\r\nContent-Length: 2\r\n\r\nhi"),
        (.patch, "PATCH /a?b=%20 HTTP/1.1\r\nHost: control\r\nX: y\r\nContent-Length: 2\r\n\r\nhi"),
        (.post, "POST /a?b=%20 HTTP/1.1\r\nHost: control\r\nX: y\r\nContent-Length: 2\r\n\r\nhi"),
    ])
    func `a request holds what it was told and nothing of the library's own`(
        _ method: Method,
        _ expected: String
    ) async throws {
        let peer = try ScriptedPeer(answer: "HTTP/1.1 204 \r\nX-Y: z \r\n\r\n")
        let body = method.carriesBody ? "hi".bytes : []
        let answer = try await caller(peer).send(
            method,
            "/a?b=%20",
            fields: [("X", "y")],
            body: body
        )
        #expect(answer.status == 204)
        #expect(answer.fields["x-y"] == "z")
        #expect(peer.request == expected)
    }

    @Test func `a body goes out whole again where an old connection was closed under it`()
        async throws
    {
        let peer = try ScriptedPeer(answer: "HTTP/1.1 204 \r\n\r\n", leaves: true)
        let caller = caller(peer)
        _ = try await caller.send(.get, "/")
        let answer = try await caller.send(.put, "/", body: "hi".bytes)
        #expect(answer.status == 204)
        #expect(peer.request.hasSuffix("Content-Length: 2\r\n\r\nhi"))
    }

    @Test(arguments: [("X", "a\r\nY: b"), ("X: a\r\nY", "b"), ("", "a"), ("X", "連携")])
    func `a field that could forge another is not sent`(
        _ name: String,
        _ value: String
    )
        async throws
    {
        let peer = try ScriptedPeer(answer: nil)
        await #expect(throws: ClientError.malformed) {
            try await caller(peer).send(.get, "/", fields: [(name, value)])
        }
    }

    @Test func `an interim answer is passed over`() async throws {
        let peer = try ScriptedPeer(
            answer: "HTTP/1.1 103 \r\nA: b\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"
        )
        let answer = try await caller(peer).send(.get, "/")
        #expect(answer.status == 200)
        #expect(answer.fields["a"] == nil)
    }

    @Test(arguments: [
        ClientError.resolve, .connect, .untrusted, .peerRejectedUs, .timeout(sent: true), .tooLarge,
        .aborted(sent: false), .malformed,
    ])
    func `each fault says what to do`(_ error: ClientError) {
        #expect(!error.code.isEmpty && !error.summary.isEmpty && !error.advice.isEmpty)
        #expect(error.isTemporary)
    }
}
