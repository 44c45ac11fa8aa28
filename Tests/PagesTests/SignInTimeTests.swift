import Audit
import Primitives
import Staff
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// How long the pages take to refuse a sign-in, by the clock on the wall and at the usual cost of a
/// password. `Deploy/test` runs this suite by itself, with nothing beside.
@Suite(.serialized) struct SignInTimeTests {
    private static let rounds = 11
    private static let wrong = "ちがう言葉をここに並べる"
    private static let console = StaffActor.console(
        Agent(.person, name: "施設長", role: Agent.system.role, assurance: .none)
    )

    /// Whom an office employs, and in which state an account is, is not to be told from the time of
    /// an answer. What else the machine does meets all of them alike, as they take turns.
    @Test func `whatever is wrong with a sign-in, its answer takes as long`() async throws {
        let town = try await PagesTown.make([.careOffice], hasher: PasswordHasher())
        let office = try await Self.people(town)
        var times: [String: [Duration]] = [:]
        var answers: Set<String> = []
        for round in 0..<Self.rounds {
            for turn in office.indices {
                let (name, password) = office[(turn + round) % office.count]
                // Of failures a while ago nobody waits.
                town.town.time.advance(by: .minutes(20))
                let clerk = Clerk(town.pages)
                times[name, default: []].append(try await Self.time(clerk, town, name, password))
                answers.insert(clerk.html)
            }
        }
        #expect(answers.count == 1)
        let usual = try #require(times["nobody"])
        for (name, _) in office {
            // Each beside the one of its round: what slows a while of the machine slows both.
            let ratios = zip(try #require(times[name]), usual).map { $0 / $1 }
            let ratio = ratios.sorted()[Self.rounds / 2]
            #expect((0.6...1.6).contains(ratio), "\(name): \(ratio)")
        }

        // Whoever has to wait does so known or not: neither is looked at.
        var waits: Set<String> = []
        var waited: [Duration] = []
        for name in ["nobody", "known", "nobody", "known", "nobody", "known", "nobody"] {
            let clerk = Clerk(town.pages)
            let time = try await Self.time(clerk, town, name, Self.wrong)
            guard !answers.contains(clerk.html) else { continue }
            waits.insert(clerk.html)
            waited.append(time)
        }
        #expect(waits.count == 1)
        #expect(try Self.median(#require(waited.isEmpty ? nil : waited)) < Self.median(usual) / 2)
    }

    /// 職員ID and what is typed for a password: nobody of that name, people who mistype theirs, one
    /// of them before there is a second factor, and whoever may not come in, or not yet.
    private static func people(_ town: PagesTown) async throws -> [(String, String)] {
        let desk = try town.desk(.careOffice)
        _ = try await town.clerk("known")
        for name in ["suspended", "gone"] { _ = try await town.clerk(name) }
        let lines = try await desk.list(by: console)
        for line in lines where line.signInName.text == "suspended" {
            try await desk.suspend(line.id, by: console)
        }
        for line in lines where line.signInName.text == "gone" {
            try await desk.leave(line.id, by: console)
        }
        _ = try await desk.add(try new("new"), by: console)
        let code = try await desk.add(try new("half"), by: console)
        let typed = try #require(Password(code.text))
        let step = try await desk.signIn("half", password: typed, from: "192.0.2.1")
        guard case .needsNewPassword(let pending) = step else { throw Unexpected() }
        let chosen = try #require(Password(PagesTown.password))
        _ = try await desk.setPassword(chosen, for: pending)
        return [
            ("nobody", PagesTown.password), ("known", wrong), ("half", wrong),
            ("suspended", PagesTown.password), ("gone", PagesTown.password),
            ("new", PagesTown.password),
        ]
    }

    private static func new(_ name: String) throws -> NewAccount {
        let new = NewAccount(
            try #require(SignInName(name)),
            named: "辻󠄁本 春香",
            profession: Agent.system.role,
            roles: [.sender]
        )
        return try #require(new)
    }

    private struct Unexpected: Error {}

    private static func time(
        _ clerk: Clerk,
        _ town: PagesTown,
        _ name: String,
        _ password: String
    ) async throws -> Duration {
        let door = town.path(.careOffice, "/signin")
        await clerk.open(door)
        let start = MachineTime().uptime
        await clerk.post(door, [("name", name), ("password", password)])
        let time = MachineTime().uptime - start
        try #require(clerk.status == 400)
        return time
    }

    private static func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }
}
