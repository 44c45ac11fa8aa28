import Primitives
import TestKit
import Testing

@testable import Staff

struct PasswordTests {
    @Test
    func `a password is kept as Argon2id at its usual cost and found again`() async throws {
        let hasher = PasswordHasher()
        let password = try Office.typed(Office.password)
        let hash = try await hasher.hash(password)
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=65536,t=3,p=1$"))
        #expect(try await hasher.isRight(password, hash))
        #expect(try await !hasher.isRight(try Office.typed(Office.password + "。"), hash))
        #expect("\(password) \(hash)" == "Password PasswordHash")
    }

    @Test
    func `of two equal passwords the hashes differ`() async throws {
        let hasher = PasswordHasher(cost: .least)
        let password = try Office.typed(Office.password)
        #expect(try await hasher.hash(password) != hasher.hash(password))
    }

    @Test
    func `more than may wait are told to come again`() async throws {
        let hasher = PasswordHasher(cost: .least, capacity: 0)
        let password = try Office.typed(Office.password)
        await #expect(throws: StaffRefusal.signInBusy) { _ = try await hasher.hash(password) }
    }

    @Test
    func `one is hashed at a time, and the thread comes again after it has ended`() async throws {
        let thread = PasswordThread(capacity: 100)
        let running = Lock((now: 0, most: 0, all: 0))
        for round in 1...3 {
            await withTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { await Self.work(on: thread, running) }
                }
            }
            #expect(running.withLock { $0.all } == round * 20)
        }
        #expect(running.withLock { $0.most } == 1)
    }

    private static func work(
        on thread: PasswordThread,
        _ running: Lock<(now: Int, most: Int, all: Int)>
    ) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isTaken = thread.push {
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
                running.withLock { $0.now -= 1 }
                continuation.resume()
            }
            if !isTaken { continuation.resume() }
        }
    }

    @Test(arguments: [
        ("青い屋根と三本杉の向こう", 12, "passwordTooShort"), ("青い屋根と三本杉の向こう岸", 13, nil),
        ("aaaaaaaaaaaaaaaa", 16, "passwordCommon"), ("1234567890123", 13, "passwordCommon"),
        ("abcabcabcabcabc", 15, "passwordCommon"), ("qwertyuiopasdfg", 15, "passwordCommon"),
        ("Password12345!", 14, "passwordCommon"), ("renkei-2026-11", 14, "passwordCommon"),
        ("sato.hanako.2026", 16, "passwordCommon"), ("ｐａｓｓｗｏｒｄ１２３４５", 13, "passwordCommon"),
        ("090-1234-5678", 13, "passwordCommon"), ("zyxwvutsrqponm", 14, "passwordCommon"),
        ("ああああああああああああああ", 14, "passwordCommon"), ("tsukue4mado7kawa", 16, nil),
        ("correct horse battery", 21, nil), ("かわのむこうのすぎのき", 11, "passwordTooShort"),
    ])
    func `a new password is long and not guessed first`(
        _ text: String,
        _ count: Int,
        _ code: String?
    ) throws {
        #expect(text.unicodeScalars.count == count)
        let name = try #require(SignInName("sato.hanako"))
        let fault = try Office.typed(text).fault(for: name, atLeast: 13)
        #expect(fault?.code == code)
        if code == "passwordTooShort" { #expect(fault == .passwordTooShort(atLeast: 13)) }
        if code == "passwordCommon" { #expect(fault == .passwordCommon) }
    }

    @Test
    func `nothing and more than a page are no passwords`() {
        #expect(Password("") == nil)
        #expect(Password(String(repeating: "a", count: Limits.passwordBytes)) != nil)
        #expect(Password(String(repeating: "a", count: Limits.passwordBytes + 1)) == nil)
    }
}
