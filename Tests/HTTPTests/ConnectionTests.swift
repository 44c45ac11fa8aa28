import Primitives
import Testing

@testable import HTTP

/// The machine of a connection, with time in the test's hand.
@Suite struct ConnectionTests {
    private let limits = ServerLimits()
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func machine() -> Connection { Connection(limits: limits, now: .zero) }

    private func reply(_ response: Response = .text("ok")) -> Reply {
        Reply(response: response, trace: "t", isHead: false, now: Timestamp(milliseconds: 0))
    }

    /// Lets the machine work and gives what it asks for.
    private func events(_ connection: inout Connection, at now: Duration) -> [String] {
        var words: [String] = []
        while let event = connection.next(at: now) {
            switch event {
            case .request(let head):
                words.append(head.method.rawValue)
                _ = connection.limitBody(to: 1 << 30)
            case .refuse(let failure): return words + [failure.code]
            }
        }
        return words
    }

    private func say(_ text: String, _ connection: inout Connection, at now: Duration) -> [String] {
        connection.receive(text.bytes[...], at: now)
        return events(&connection, at: now)
    }

    private func expiry(
        _ connection: inout Connection,
        at now: Duration,
        mayWait: Bool = false
    ) -> String {
        switch connection.expire(mayWait: mayWait, at: now) {
        case .close: "close"
        case .refuse(let failure): failure.code
        case nil: "none"
        }
    }

    // MARK: Order

    @Test func `A37: the second head is not read before the first answer has left`() {
        var connection = machine()
        #expect(say(get + get, &connection, at: .zero) == ["GET"])
        #expect(connection.isRequestWhole == true)
        #expect(connection.wantsBytes == false)
        let isStream = connection.begin(reply(), closes: false, at: .zero)
        #expect(!isStream)
        #expect(events(&connection, at: .zero) == [])
        connection.wrote(connection.output.count - 1, at: .zero)
        #expect(events(&connection, at: .zero) == [])
        connection.wrote(1, at: .zero)
        #expect(connection.hasWork == true)
        #expect(events(&connection, at: .zero) == ["GET"])
    }

    @Test func `an answer before the end of the body closes`() {
        var connection = machine()
        let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
        #expect(say(post, &connection, at: .zero) == ["POST"])
        _ = connection.begin(reply(), closes: false, at: .zero)
        let text = String(
            decoding: connection.output.withStore { bytes, _ in bytes },
            as: UTF8.self
        )
        #expect(text.contains("Connection: close\r\n"))
        connection.wrote(connection.output.count, at: .zero)
        #expect(connection.phase == .lingering)
    }

    @Test func `a refused chunk is answered once`() {
        var connection = machine()
        let post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz"
        #expect(say(post, &connection, at: .zero) == ["POST", "malformed"])
        _ = connection.begin(reply(), closes: true, at: .zero)
        #expect(events(&connection, at: .zero) == [])
        connection.wrote(connection.output.count, at: .zero)
        #expect(connection.phase == .lingering)
    }

    @Test func `the peer is held back while the body is not taken`() {
        var connection = machine()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
        #expect(say(head, &connection, at: .zero) == ["POST"])
        while connection.wantsBytes {
            connection.receive([UInt8](repeating: 1, count: 16 * 1024)[...], at: .zero)
            #expect(events(&connection, at: .zero) == [])
        }
        #expect(connection.body.count <= limits.queueHigh + 16 * 1024)
        #expect(connection.takeBody(at: .zero).count >= limits.queueHigh)
        #expect(connection.wantsBytes == true)
    }

    @Test func `the last request of a connection is answered with close`() {
        var limits = ServerLimits()
        limits.requestsPerConnection = 2
        var connection = Connection(limits: limits, now: .zero)
        for phase in [Connection.Phase.head, .lingering] {
            #expect(say(get, &connection, at: .zero) == ["GET"])
            _ = connection.begin(reply(), closes: false, at: .zero)
            connection.wrote(connection.output.count, at: .zero)
            #expect(connection.phase == phase)
        }
    }

    @Test func `close_notify is an end between requests and a cut inside one`() {
        var idle = machine()
        idle.peerFinished()
        #expect(idle.phase == .closed)
        var cut = machine()
        #expect(
            say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", &cut, at: .zero) == [
                "POST"
            ]
        )
        cut.peerFinished()
        #expect(cut.phase == .closed)
        var whole = machine()
        #expect(say(get, &whole, at: .zero) == ["GET"])
        whole.peerFinished()
        #expect(whole.phase == .answering)
    }

    @Test func `no more than a megabyte is thrown away after the last answer`() {
        var connection = machine()
        #expect(
            say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", &connection, at: .zero)
                == ["GET"]
        )
        _ = connection.begin(reply(), closes: false, at: .zero)
        connection.wrote(connection.output.count, at: .zero)
        connection.receive([UInt8](repeating: 0, count: limits.lingerBytes)[...], at: .zero)
        #expect(connection.phase == .lingering)
        connection.receive([0], at: .zero)
        #expect(connection.phase == .closed)
    }

    // MARK: Time

    @Test func `C02: a head has ten seconds from the opening`() {
        var silent = machine()
        #expect(silent.deadline(mayWait: false) == limits.headDeadline)
        #expect(expiry(&silent, at: .milliseconds(9999)) == "none")
        #expect(expiry(&silent, at: .seconds(10)) == "close")
        var slow = machine()
        for second in 0..<10 { #expect(say("G", &slow, at: .seconds(second)) == []) }
        #expect(expiry(&slow, at: .milliseconds(9999)) == "none")
        #expect(expiry(&slow, at: .seconds(10)) == "requestTimeout")
    }

    @Test func `the next head has ten seconds from its first byte, and idling more`() {
        var connection = machine()
        #expect(say(get, &connection, at: .seconds(1)) == ["GET"])
        _ = connection.begin(reply(), closes: false, at: .seconds(1))
        connection.wrote(connection.output.count, at: .seconds(1))
        #expect(expiry(&connection, at: .milliseconds(75_999)) == "none")
        #expect(connection.deadline(mayWait: false) == .seconds(76))
        #expect(say("G", &connection, at: .seconds(50)) == [])
        #expect(expiry(&connection, at: .milliseconds(59_999)) == "none")
        #expect(expiry(&connection, at: .seconds(60)) == "requestTimeout")
        #expect(connection.isIdle == false)
    }

    @Test func `C03: a body keeps up a kibibyte a second after its grace`() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
        var slow = machine()
        #expect(say(head, &slow, at: .zero) == ["POST"])
        for second in 1..<15 { #expect(say("x", &slow, at: .seconds(second)) == []) }
        #expect(expiry(&slow, at: .milliseconds(14_999)) == "none")
        #expect(expiry(&slow, at: .seconds(15)) == "requestTimeout")
        var steady = machine()
        let kibibyte = String(repeating: "x", count: 1024)
        #expect(say(head, &steady, at: .zero) == ["POST"])
        for second in 1..<60 {
            #expect(say(kibibyte, &steady, at: .seconds(second)) == [])
            #expect(expiry(&steady, at: .seconds(second)) == "none", "\(second)")
        }
        // 59 KiB are short of the first 64: a minute is all there is.
        #expect(expiry(&steady, at: .seconds(60)) == "requestTimeout")
    }

    @Test func `the time a slow handler takes is not the peer's`() {
        var connection = machine()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n"
        #expect(say(head, &connection, at: .zero) == ["POST"])
        let much = String(repeating: "x", count: limits.queueHigh)
        #expect(say(much, &connection, at: .seconds(1)) == [])
        #expect(connection.isHeldBack == true)
        #expect(expiry(&connection, at: .seconds(30)) == "none")
        #expect(connection.deadline(mayWait: true) == nil)
        _ = connection.takeBody(at: .seconds(30))
        #expect(expiry(&connection, at: .seconds(43)) == "none")
        #expect(say(much, &connection, at: .seconds(43)) == [])
        #expect(expiry(&connection, at: .seconds(73)) == "exchangeBusy")
    }

    @Test func `C17: a handler has thirty seconds, a long poll its own time`() {
        var connection = machine()
        #expect(say(get, &connection, at: .zero) == ["GET"])
        #expect(expiry(&connection, at: .milliseconds(29_999)) == "none")
        #expect(connection.deadline(mayWait: true) == nil)
        #expect(expiry(&connection, at: .seconds(30), mayWait: true) == "none")
        #expect(expiry(&connection, at: .seconds(30)) == "exchangeBusy")
    }

    @Test func `C12: a peer that stops reading is closed after thirty seconds`() {
        var connection = machine()
        #expect(say(get, &connection, at: .zero) == ["GET"])
        _ = connection.begin(reply(), closes: false, at: .seconds(20))
        connection.wrote(1, at: .seconds(25))
        #expect(expiry(&connection, at: .milliseconds(54_999)) == "none")
        #expect(expiry(&connection, at: .seconds(55)) == "close")
    }

    @Test func `lingering ends after two seconds`() {
        var connection = machine()
        #expect(say("GET / HTTP/0.0\r\n", &connection, at: .zero) == ["protocolVersionUnsupported"])
        _ = connection.begin(reply(), closes: true, at: .zero)
        connection.wrote(connection.output.count, at: .seconds(1))
        #expect(expiry(&connection, at: .milliseconds(2999)) == "none")
        #expect(expiry(&connection, at: .seconds(3)) == "close")
    }

    @Test func `a wheel gives each deadline once, in the slot that ends at or after it`() {
        var wheel = TimerWheel()
        wheel.add(1, at: .milliseconds(950))
        wheel.add(2, at: .milliseconds(1000))
        wheel.add(3, at: .seconds(3600))
        #expect(wheel.next == .seconds(1))
        #expect(wheel.due(at: .milliseconds(999)) == [])
        #expect(wheel.due(at: .seconds(1)) == [1, 2])
        #expect(wheel.due(at: .seconds(3600)) == [3])
        #expect(wheel.next == nil)
    }
}
