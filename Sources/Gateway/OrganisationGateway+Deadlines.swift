import Audit
import Cryptography
import Delivery
package import Directory
import ExchangeAPI
import Japanese
package import Primitives
import Sheets
package import Storage

// Silence is reported: what is late is told to people, each thing once, also after a start.
extension OrganisationGateway {
    /// The clocks that this gateway keeps itself, for what it sent and for what it received.
    func warnLate() async throws(GatewayError) {
        var turns = Turns()
        await turns.take { () async throws(GatewayError) in try await self.warnNotAccepted() }
        for clock in PersonClock.allCases {
            await turns.take { () async throws(GatewayError) in try await self.warnSender(clock) }
            await turns.take { () async throws(GatewayError) in try await self.warnReaders(clock) }
        }
        try turns.end()
    }

    private func warnNotAccepted() async throws(GatewayError) {
        let now = time.now
        let clocks = view.policy(at: now)?.clocks ?? PolicyClocks()
        let since = now.adding(.zero - clocks[.notAccepted, .emergency])
        let late = try await read { stored throws(StoreError) in
            try stored.outboxLate(.queued, since: since, without: .notAccepted, limit: .max)
        }
        for row in late
        where row.holdUntil.adding(clocks[.notAccepted, row.urgency]) <= now {
            let waiting = row.copies.filter { $0.state == .queued }.map(\.to)
            try await warn(ownKey(row.message), waiting, .notAccepted)
        }
    }

    /// What its readers leave lying is told to the sender.
    private func warnSender(_ clock: PersonClock) async throws(GatewayError) {
        let now = time.now
        let since = now.adding(.zero - clock.least)
        let late = try await read { stored throws(StoreError) in
            try stored.outboxLate(clock.state, since: since, without: clock.first, limit: .max)
        }
        for row in late {
            let span = clock.spans(row.urgency).sender
            let due = row.copies.filter { copy in
                copy.state == clock.state
                    && deskMoment(span, after: copy.movedAt, at: copy.to, copy.desk) <= now
            }
            try await warn(ownKey(row.message), due.map(\.to), clock.first)
        }
    }

    /// Its readers are told first, and again when its sender is.
    private func warnReaders(_ clock: PersonClock) async throws(GatewayError) {
        let now = time.now
        let since = now.adding(.zero - clock.least)
        for kind in [clock.first, clock.second] {
            let late = try await read { stored throws(StoreError) in
                try stored.inboxLate(clock.state, since: since, without: kind, limit: .max)
            }
            for row in late {
                let spans = clock.spans(row.urgency)
                let span = kind == clock.first ? spans.readers : spans.sender
                let desk = row.sheet?.desk
                guard deskMoment(span, after: row.movedAt, at: member, desk) <= now else {
                    continue
                }
                try await warn(row.key, [member], kind)
            }
        }
    }

    private func ownKey(_ message: MessageID) -> MessageKey {
        MessageKey(from: member, messageID: message)
    }

    /// When a span is over at a desk: in the hours in which it is open.
    private func deskMoment(
        _ span: DeskSpan,
        after time: Timestamp,
        at member: MemberID,
        _ desk: DeskID?
    ) -> Timestamp {
        let entry = view.member(member)?.entry
        let calendar = OfficeCalendar(of: desk, in: entry, catalogue.holidays)
        return switch span {
        case .plain(let duration): time.adding(duration)
        case .deskHours(let hours):
            calendar.adding(openTime: .hours(hours), to: time) ?? time.adding(.hours(hours))
        case .deskDays(let days):
            calendar.adding(workingDays: days, to: time) ?? time.adding(.days(days))
        }
    }

    /// Records that people were told, with one leaf for each copy.
    private func warn(
        _ key: MessageKey,
        _ recipients: [MemberID],
        _ kind: WarningKind,
        _ writes: [GatewayWrite] = []
    ) async throws(GatewayError) {
        guard !recipients.isEmpty else { return }
        let now = time.now
        let acts = recipients.map { to in
            var act = facts(
                kind.isLast(forSender: key.from == member) ? .deadlinePassed : .deadlineWarned,
                by: .system,
                on: .message(key.messageID),
                peer: key.from == member ? to : key.from
            )
            act.reason = AuditReason(kind.rawValue)
            return act
        }
        let rows = recipients.map { WarningRow(key: key, to: $0, kind: kind, at: now) }
        try await record(acts, writes: rows.map { .warn($0) } + writes)
    }

    /// A warning of the exchange about a copy that this organisation sends or awaits. What it is
    /// not party to, and what this version does not know, is skipped.
    func apply(_ notice: WireNotice, _ moved: GatewayUpkeep) async throws(GatewayError) {
        guard let copy = notice.copy, let kind = WarningKind(notice) else {
            return try await keep([moved])
        }
        let isOwn = copy.key.from == member
        let row = try await read { stored throws(StoreError) in
            try stored.outbox(copy.key.messageID)
        }
        let isSentThere = row?.copies.contains { $0.to == copy.to } ?? false
        guard isOwn ? isSentThere : copy.to == member else { return try await keep([moved]) }
        try await warn(copy.key, [copy.to], kind, [.upkeep(moved)])
    }

    // MARK: What people are shown

    /// A copy that is late now, and whom to call.
    package struct Late: Sendable {
        package let warning: WarningRow
        /// The other side, and its desk's or office's number.
        package let peer: MemberID
        package let telephone: TelephoneNumber?
    }

    /// What is late now, newest warning first, of the newest warnings.
    package func late(limit: Int) async throws(GatewayError) -> [Late] {
        let own = member
        let known = try await read { stored throws(StoreError) in
            var late: [(WarningRow, desk: DeskID?)] = []
            for warning in try stored.warnings(limit: 10 * Limits.pageItems) {
                guard late.count < limit else { break }
                let isOwn = warning.key.from == own
                let copy =
                    isOwn
                    ? try stored.outbox(warning.key.messageID)?.copies
                        .first { $0.to == warning.to } : nil
                let received = isOwn ? nil : try stored.inbox(warning.key)
                guard warning.kind.stands(in: copy?.state ?? received?.state) else { continue }
                late.append((warning, copy?.desk))
            }
            return late
        }
        return known.map { warning, desk in
            let peer = warning.key.from == own ? warning.to : warning.key.from
            return Late(
                warning: warning,
                peer: peer,
                telephone: view.telephone(of: peer, at: desk)
            )
        }
    }
}

extension WarningKind {
    /// What a notice of the exchange says.
    fileprivate init?(_ notice: WireNotice) {
        switch (notice.type, notice.copy?.stage) {
        case ("deadlineWarning", "first"): self = .notDelivered
        case ("deadlineWarning", "second"): self = .notDeliveredAgain
        case ("deadlineWarning", "noReceipt"): self = .noReceipt
        case ("deliveryConflict", _): self = .conflict
        default: return nil
        }
    }

    /// Whether nobody is told any more after it.
    fileprivate func isLast(forSender isSender: Bool) -> Bool {
        switch self {
        case .notOpened, .notConfirmed: isSender
        case .notOpenedAgain, .notConfirmedAgain, .conflict: true
        case .notAccepted, .notDelivered, .notDeliveredAgain, .noReceipt: false
        }
    }

    /// Whether what was late still is, of a copy in this state; nil: nothing of it is here.
    func stands(in state: DeliveryState?) -> Bool {
        switch self {
        case .notAccepted: state == .queued
        case .notDelivered, .notDeliveredAgain, .noReceipt: state == .accepted || state == nil
        case .notOpened, .notOpenedAgain: state == .delivered
        case .notConfirmed, .notConfirmedAgain: state == .opened
        case .conflict: true
        }
    }
}

extension PersonClock {
    /// The state in which it runs.
    fileprivate var state: DeliveryState { self == .opening ? .delivered : .opened }
    fileprivate var first: WarningKind { self == .opening ? .notOpened : .notConfirmed }
    fileprivate var second: WarningKind {
        self == .opening ? .notOpenedAgain : .notConfirmedAgain
    }

    /// No span of it is shorter.
    fileprivate var least: Duration {
        Urgency.allCases.map { spans($0).readers.least }.min() ?? .zero
    }
}
