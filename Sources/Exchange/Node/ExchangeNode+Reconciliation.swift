import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// 日次照合: what a member knows of a day with a peer. The exchange compares it with what it has
// taken itself, says so where they differ, and passes the statement on all the same: the two
// parties shall find the difference also where it is the exchange that has lost something.
extension ExchangeNode {
    /// One result for each, in order; those that pass are stored together.
    func reconcile(
        _ statements: [SignedStatement],
        of member: MemberID
    ) async -> [ItemResult] {
        var results: [ItemResult] = []
        var passing: [(place: Int, day: ReconciliationStatement, carried: ExchangeUpkeep)] = []
        for statement in statements {
            do throws(Refusal) {
                switch try await judge(statement, of: member) {
                case .success(let day):
                    let carried = ExchangeUpkeep.reconciliation(
                        statement.bytes,
                        to: day.peer,
                        at: time.now
                    )
                    passing.append((results.count, day, carried))
                    results.append(.done(isNew: true))
                case .failure(let refusal):
                    results.append(try await refuse(statement, of: member, refusal))
                }
            } catch { results.append(.refused(error)) }
        }
        guard !passing.isEmpty else { return results }
        do throws(Refusal) { try await keep(passing.map(\.carried)) } catch {
            for item in passing { results[item.place] = .refused(error) }
            return results
        }
        for peer in Set(passing.map(\.day.peer)) { mailboxes.notify(peer) }
        return results
    }

    /// Whether a statement is believed and may be passed on; a difference goes on record.
    private func judge(
        _ statement: SignedStatement,
        of member: MemberID
    ) async throws(Refusal) -> Result<ReconciliationStatement, StatementRefusal> {
        let (keys, now) = (try await followed(), time.now)
        let day: ReconciliationStatement
        do throws(StatementRefusal) {
            day = try statement.body()
            _ = try keys.view.verify(statement, at: now)
        } catch { return .failure(error) }
        guard day.day < now.dayInJapan else { throw Refusal(.clockSkew) }
        guard day.day >= now.dayInJapan.adding(days: -Limits.reconciledDays) else {
            throw Refusal(.expired)
        }
        let known = try await known(day, of: member)
        guard let known else { throw Refusal(.unknownRecipient) }
        try admitBytes(statement.bytes.count, of: member)
        if !known.says(day) { try await recordDifference(day, by: statement, of: member) }
        return .success(day)
    }

    /// The day as the exchange has it, from the issuer's side; nil where the two have never dealt.
    private func known(
        _ day: ReconciliationStatement,
        of member: MemberID
    ) async throws(Refusal) -> DayMessages? {
        let begin = Timestamp(startOfDayInJapan: day.day)
        let hours = begin..<begin.adding(.days(1))
        return try await read { stored throws(StoreError) -> DayMessages? in
            guard try stored.haveDealt(member, day.peer) else { return nil }
            return DayMessages(
                sent: try stored.answered(from: member, to: day.peer, accepted: hours),
                received: try stored.answered(from: day.peer, to: member, accepted: hours)
            )
        }
    }

    private func recordDifference(
        _ day: ReconciliationStatement,
        by statement: SignedStatement,
        of member: MemberID
    ) async throws(Refusal) {
        noteDifference()
        try await settle { () async throws(Refusal) -> Decision<Void> in
            let moment = moment
            var facts = moment.facts(
                .auditAlarm,
                by: .system,
                of: member,
                on: .statement(statement.sha256)
            )
            facts.fail(.seriousFailure, "reconciliationDiffers")
            let about = SHA256.hash("\(day.day) \(day.peer)".bytes)
            return .record(Remark(facts: facts, member: member, about: about), answer: ())
        }
    }

    /// A statement that is not believed is on record.
    private func refuse(
        _ statement: SignedStatement,
        of member: MemberID,
        _ refusal: StatementRefusal
    ) async throws(Refusal) -> ItemResult {
        let reason = Refusal(of: refusal).reason
        return try await settle { () async throws(Refusal) in
            moment.reject(statement, of: member, reason)
        }
    }
}

/// A member and the exchange do not know the same of a day.
struct ReconciliationAlarm: Explained {
    var code: String { "reconciliationDiffers" }
    var isTemporary: Bool { true }
    var summary: String { "What a member knows of a day is not what the exchange knows." }
    var advice: String { "See the audit log; ask whether a member or the exchange was restored." }
}
