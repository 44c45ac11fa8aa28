import Primitives
import TestKit
import Testing

@testable import HTTP

/// Behaviour of whole connections over real sockets, time in the test's hand.
@Suite struct ServerTests {
    private let get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func slowRequest(_ path: String = "/slow") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    }

    // MARK: Streams

    @Test func `A30: a body that is wanted is asked for, another is refused at once`() async throws
    {
        try await withServer(routes()) { _, port in
            try await offPool {
                let head = "Host: localhost\r\nExpect: 100-continue\r\nContent-Length: "
                let raw = try RawClient(port: port)
                raw.send("POST /echo HTTP/1.1\r\n\(head)3\r\n\r\n")
                #expect(raw.answer()?.status == 100)
                raw.send("abc")
                #expect(raw.answer()?.body == "abc".bytes)
                raw.send("POST /echo HTTP/1.1\r\n\(head)1048577\r\n\r\n")
                let refused = raw.answer()
                #expect(refused?.status == 413)
                #expect(refused?.closes == true)
            }
        }
    }

    @Test func `A38, C08: a body that ends early is aborted and not answered`() async throws {
        let failures = Lock<[HTTPFailure]>([])
        let begun = Lock(0)
        var router = Router()
        router.on(.post, "/echo", RouteOptions(bodyLimit: 100, requiresIdentity: false)) {
            (request, _) async throws(HTTPFailure) in
            begun.withLock { $0 += 1 }
            do throws(HTTPFailure) {
                return .text("\(try await request.body(limit: 100).count)")
            } catch {
                failures.withLock { $0.append(error) }
                throw error
            }
        }
        for tls in [nil, Certificates.world.server(.none)] {
            try await withServer(router, tls: tls) { server, port in
                let raw = try RawClient(port: port)
                let before = begun.withLock { $0 }
                try await offPool {
                    if tls != nil { #expect(raw.startTLS()) }
                    raw.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
                }
                // A peer that is gone before it was read has no handler.
                try await until { begun.withLock { $0 } > before }
                raw.finishWriting()
                #expect(try await offPool { raw.rest() } == [])
                try await until { server.connections == 0 }
            }
        }
        try await until { failures.withLock { $0.count } == 2 }
        #expect(failures.withLock { $0 } == [.aborted, .aborted])
    }

    @Test(arguments: [false, true])
    func `C04: a refusal is readable though the peer sends on`(_ isTLS: Bool) async throws {
        let tls = isTLS ? Certificates.world.server(.none) : nil
        try await withServer(routes(), tls: tls) { _, port in
            try await offPool {
                let much = [UInt8](repeating: 120, count: 8 * 1024 * 1024)
                for _ in 0..<20 {
                    let raw = try RawClient(port: port)
                    if isTLS { #expect(raw.startTLS()) }
                    raw.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                    raw.send("800000\r\n".bytes + much[..<(512 * 1024)])
                    #expect(raw.answer()?.status == 413)
                }
            }
        }
    }

    @Test func `C05: a body announced as too long is refused before it comes`() async throws {
        try await withServer(routes()) { _, port in
            let answer = try await offPool {
                let raw = try RawClient(port: port)
                raw.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n")
                return raw.answer()
            }
            #expect(answer?.status == 413)
        }
    }

    @Test func `C07, C09: key updates and a goodbye leave the answer readable`() async throws {
        try await withServer(routes(), tls: Certificates.world.server()) { _, port in
            try await offPool {
                let raw = try RawClient(port: port)
                #expect(raw.startTLS(as: "client"))
                for _ in 0..<200 {
                    raw.updateKey()
                    raw.send("")
                }
                raw.send(self.get)
                raw.sayGoodbye()
                #expect(raw.answer()?.status == 200)
            }
        }
    }

    @Test func `C18: pipelined requests are answered in order, and reading stops between`()
        async throws
    {
        try await withServer(routes()) { _, port in
            try await offPool {
                let raw = try RawClient(port: port)
                raw.send((0..<1000).map { self.thing($0) }.joined())
                for number in 0..<1000 {
                    #expect(raw.answer()?.body == "n\(number) 1".bytes)
                }
            }
        }
    }

    private func thing(_ number: Int) -> String {
        "PUT /things/n\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
    }

    @Test func `a stream goes out in chunks, and a failed one is cut`() async throws {
        var router = Router()
        for (path, fails) in [("/whole", false), ("/cut", true)] {
            router.on(.get, path, RouteOptions(mayWait: true, requiresIdentity: false)) {
                (_, _) async throws(HTTPFailure) in
                let left = Lock(40)
                return Response(
                    status: 200,
                    body: .stream(type: "application/octet-stream") {
                        () async throws(HTTPFailure) in
                        let number = left.withLock { left in
                            left -= 1
                            return left
                        }
                        if number == 20, fails { throw .internalFailure }
                        return number < 0 ? nil : [UInt8](repeating: 7, count: 64 * 1024)
                    }
                )
            }
        }
        try await withServer(router, tls: Certificates.world.server()) { _, port in
            let caller = client(port, as: "client")
            let whole = try await caller.send(.get, "/whole")
            #expect(whole.body.count == 40 * 64 * 1024)
            #expect(whole.body.allSatisfy { $0 == 7 })
            await #expect(throws: ClientError.aborted(sent: true)) {
                try await caller.send(.get, "/cut")
            }
        }
    }

    // MARK: Waiting

    @Test func `C02, C03: a slow head and a slow body are answered with 408`() async throws {
        let time = SimulatedTime()
        try await withServer(routes(), time: time) { _, port in
            let starts = [
                "GET / HT", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
            ]
            let slow = try starts.map { start in
                let raw = try RawClient(port: port)
                raw.send(start)
                return raw
            }
            // The loop takes them in the order they came, so that these are read before.
            let last = try await offPool {
                let raw = try RawClient(port: port)
                raw.send(self.get)
                return raw.answer()?.status
            }
            #expect(last == 200)
            time.advance(by: .seconds(15))
            let answers = try await offPool { slow.map { $0.answer()?.status } }
            #expect(answers == [408, 408])
        }
    }

    @Test func `C06: a peer that resets frees its long poll`() async throws {
        let gate = Gate(SimulatedTime())
        try await withServer(gate.routes(), time: SimulatedTime()) { server, port in
            for number in 1...200 {
                let raw = try RawClient(port: port)
                raw.send(slowRequest("/poll"))
                try await until { gate.beganCount == number }
                raw.reset()
            }
            try await until { gate.cancelledCount == 200 && server.connections == 0 }
        }
    }

    @Test func `C17: a handler that never answers is 503 and its task is cancelled`() async throws {
        let time = SimulatedTime()
        let gate = Gate(SimulatedTime())
        try await withServer(gate.routes(), time: time) { _, port in
            let raw = try RawClient(port: port)
            raw.send(slowRequest())
            try await until { gate.beganCount == 1 }
            time.advance(by: .seconds(31))
            #expect(try await offPool { raw.answer()?.status } == 503)
            try await until { gate.cancelledCount == 1 }
        }
    }

    @Test func `above the limit of handlers the answer is 503, long polls not counted`()
        async throws
    {
        var limits = ServerLimits()
        limits.runningHandlers = 2
        let gate = Gate(SimulatedTime())
        try await withServer(gate.routes(), time: SimulatedTime(), limits: limits) { _, port in
            let paths = ["/poll", "/poll", "/slow", "/slow"]
            var waiting: [RawClient] = []
            for path in paths {
                let raw = try RawClient(port: port)
                raw.send(slowRequest(path))
                waiting.append(raw)
                try await until { gate.beganCount == waiting.count }
            }
            let busy = try await offPool {
                let raw = try RawClient(port: port)
                raw.send(self.get)
                return raw.answer()
            }
            #expect(busy?.status == 503)
            #expect(busy?.head.contains("\r\nRetry-After: ") == true)
            gate.open()
            let clients = waiting
            let answers = try await offPool { clients.map { $0.answer()?.status } }
            #expect(answers == [204, 204, 200, 200])
        }
    }

    @Test func `C10: a drain answers what runs, closes what idles and lets nobody in`()
        async throws
    {
        let gate = Gate(SimulatedTime())
        try await withServer(gate.routes(), time: SimulatedTime()) { server, port in
            let idle = try RawClient(port: port)
            idle.send(get)
            #expect(try await offPool { idle.answer()?.closes } == false)
            let running = try ["/slow", "/poll"].map { path in
                let raw = try RawClient(port: port)
                raw.send(slowRequest(path))
                return raw
            }
            try await until { gate.beganCount == 2 }
            server.drain()
            #expect(try await offPool { idle.rest() } == [])
            #expect(throws: (any Error).self) { try RawClient(port: port) }
            gate.open()
            let answers = try await offPool { running.map { $0.answer() } }
            #expect(answers.map { $0?.status } == [200, 204])
            #expect(answers.allSatisfy { $0?.closes == true })
        }
    }

    @Test func `a drain cuts what does not end in time`() async throws {
        let time = SimulatedTime()
        let gate = Gate(SimulatedTime())
        try await withServer(gate.routes(), time: time) { server, port in
            let raw = try RawClient(port: port)
            raw.send(slowRequest("/poll"))
            try await until { gate.beganCount == 1 }
            server.drain()
            try await until {
                time.advance(by: .seconds(30))
                return gate.cancelledCount == 1
            }
            #expect(try await offPool { raw.rest() } == [])
        }
    }
}
