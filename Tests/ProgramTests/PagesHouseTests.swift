import Configuration
import Cryptography
import Foundation
import HTTP
import Primitives
import Staff
import Storage
import TestKit
import Testing

@testable import renkei

/// Where the pages are, and what certificate they show while they are served.
@Suite struct PagesHouseTests {
    private static func place(_ toml: String, _ flags: [String] = []) throws -> PagesPlace? {
        let settings = try Settings(kind: .gateway, files: [(name: "a.toml", text: toml.bytes)])
        return try PagesPlace(try Self.invocation(flags), settings)
    }

    private static func invocation(_ flags: [String]) throws -> Invocation {
        guard
            case .run(let invocation) = try Parser(table: Frame(Renkei.commands).table)
                .parse(["gateway", "serve"] + flags)
        else { throw CocoaError(.featureUnsupported) }
        return invocation
    }

    @Test func `the configuration says where the pages are, and the flags overrule it`() throws {
        #expect(try Self.place("") == nil)
        let named = try #require(
            try Self.place("[pages]\naddress = \"0.0.0.0:8444\"\nname = \"pages.example.jp\"")
        )
        #expect(named.host == "pages.example.jp" && named.files == nil)
        #expect(named.origin == "https://pages.example.jp:8444")
        #expect(named.site?.host == "pages.example.jp" && named.hostNames == ["pages.example.jp"])
        let flagged = try #require(
            try Self.place(
                "[pages]\naddress = \"0.0.0.0:8444\"",
                ["--pages", "127.0.0.1:443", "--pages-name", "b.example.jp"]
            )
        )
        #expect(flagged.address.port == 443 && flagged.origin == "https://b.example.jp")
        let behind = try #require(
            try Self.place(
                "[pages]\naddress = \"127.0.0.1:0\"\norigin = \"https://www.example.jp\""
            )
        )
        #expect(behind.hostNames == ["localhost", "www.example.jp"])
        // Without a port nobody knows the address, and there are no passkeys.
        #expect(try Self.place("[pages]\naddress = \"127.0.0.1:0\"")?.site == nil)
    }

    @Test(arguments: [
        ("name = \"https://x/\"", PagesFault.nameUnfit),
        ("origin = \"http://x.example\"", .originUnfit),
        ("origin = \"https://192.0.2.1\"", .originUnfit),
        ("certificate = \"a.pem\"", .certificateHalf), ("key = \"a.pem\"", .certificateHalf),
    ])
    func `what cannot be is said at the start`(line: String, fault: PagesFault) throws {
        #expect(throws: fault) {
            _ = try Self.place("[pages]\naddress = \"127.0.0.1:1\"\n" + line)
        }
        let said = Saying(fault, .japanese)
        #expect(!said.summary.isEmpty && !said.advice.isEmpty)
        #expect(!fault.summary.isEmpty && !fault.advice.isEmpty && !fault.isTemporary)
    }

    /// In a folder of its own, which goes with it.
    private static func folder<Result>(
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/pages-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private static func own(_ folder: String, _ host: String) throws -> OwnPagesCertificate {
        let log = LogLine(time: SimulatedTime(), sink: Unread())
        let unlock = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
        return try OwnPagesCertificate(folder, host, unlock, log)
    }

    private struct Unread: TextSink {
        var isTerminal: Bool { false }
        func write(_ text: String) {}
    }

    private static func leaf(_ shown: PagesCertificate.Shown) throws -> Certificate {
        let pem = String(decoding: shown.tls.chainPEM, as: UTF8.self)
        let end = "-----END CERTIFICATE-----\n"
        let first = try #require(pem.range(of: end)).upperBound
        return try Certificate(pem: Array(pem[..<first].utf8))
    }

    @Test func `the own certificate is made anew before its end, below the same root`()
        async throws
    {
        try await Self.folder { folder in
            let certificate = PagesCertificate(try Self.own(folder, "a.example.jp"))
            let start = SimulatedTime.start
            let first = try #require(try await certificate.next(after: nil, at: start))
            let root = try Files.read(folder + "/pages/root.pem", atMost: 65_536)
            let profile = try Certificate(pem: root).profile
            #expect(profile == .pagesRoot(host: "a.example.jp"))
            let early = start.adding(.days(59))
            #expect(try await certificate.next(after: first, at: early) == nil)
            let late = start.adding(.days(61))
            let second = try #require(try await certificate.next(after: first, at: late))
            #expect(try Self.leaf(second).notAfter > Self.leaf(first).notAfter)
            #expect(try Files.read(folder + "/pages/root.pem", atMost: 65_536) == root)
            // Another name wants another root: the old one cannot name it.
            let other = PagesCertificate(try Self.own(folder, "b.example.jp"))
            _ = try await other.next(after: nil, at: late)
            let next = try Files.read(folder + "/pages/root.pem", atMost: 65_536)
            #expect(try Certificate(pem: next).profile == .pagesRoot(host: "b.example.jp"))
        }
    }

    @Test func `files of a public authority are read again when they change`() async throws {
        try await Self.folder { folder in
            let (chain, key) = (folder + "/chain.pem", folder + "/key.pem")
            try Files.replace(chain, "one".bytes, mode: Files.readable)
            try Files.replace(key, "two".bytes, mode: Files.readable)
            let certificate = PagesCertificate(certificate: chain, key: key)
            let time = SimulatedTime()
            let first = try #require(try await certificate.next(after: nil, at: time.now))
            #expect(first.tls.chainPEM == "one".bytes)
            #expect(try await certificate.next(after: first, at: time.now) == nil)
            let used = Lock<[[UInt8]]>([])
            let told = Lock<[String]>([])
            let keeping = Task {
                await certificate.keep(first, time) { error in
                    told.withLock { $0.append(error.code) }
                } use: { tls throws(ServerError) in
                    used.withLock { $0.append(tls.chainPEM) }
                }
            }
            try FileManager.default.removeItem(atPath: key)
            await time.waitForSleeper()
            time.advance(by: PagesCertificate.look)
            await time.waitForSleeper()
            #expect(told.withLock { $0.count } == 1 && used.withLock { $0.isEmpty })
            try Files.replace(chain, "three".bytes, mode: Files.readable)
            try Files.replace(key, "two".bytes, mode: Files.readable)
            time.advance(by: PagesCertificate.look)
            await time.waitForSleeper()
            #expect(used.withLock { $0 } == ["three".bytes])
            keeping.cancel()
            await keeping.value
        }
    }
}
