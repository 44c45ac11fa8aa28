import Audit
import Cryptography
import Delivery
import Directory
import Gateway
import Primitives
import Staff
import Storage

/// Answers what an organisation asks of what it keeps: until when, held, erased.
struct RetentionDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "retention.plan":
            let plan = try await gateway.retentionPlan()
            return ControlAnswer([
                "items": .array(plan.items.map { $0.json(on: plan.today, gateway) }),
                "list": plan.ended.isEmpty
                    ? nil : .string(ErasureList(plan.ended).sha256.hex),
                "ended": .integer(Int64(plan.ended.count)),
            ])
        case "retention.complete":
            let day = try reader.optionalValue("on") { Day($0) }
            let message = try reader.value("message", MessageID.init(_:))
            try await gateway.complete(message, on: day, by: try reader.agent())
            return ControlAnswer(["messageId": .string(message.text)])
        case "retention.hold":
            let message = try reader.value("message", MessageID.init(_:))
            try await gateway.hold(
                message,
                try reader.bool("isHeld"),
                because: try reader.value("reason") { $0.isRemark ? $0 : nil },
                by: try reader.agent()
            )
            return ControlAnswer(["messageId": .string(message.text)])
        case "retention.run": return try await run(&reader)
        default: return try await erase(&reader)
        }
    }

    private func run(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let plan = try await gateway.retentionPlan()
        return try await erased(plan.ended, on: .ended, &reader)
    }

    /// Of one person; without a list only what it would be.
    private func erase(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let message = try reader.value("message", MessageID.init(_:))
        let items = try await gateway.erasable(with: message)
        guard reader.optional("list") != nil else {
            let today = try await gateway.retentionPlan().today
            return ControlAnswer([
                "items": .array(items.map { $0.json(on: today, gateway) }),
                "list": .string(ErasureList(items).sha256.hex),
                "ended": .integer(Int64(items.count)),
            ])
        }
        return try await erased(items, on: .requested, &reader)
    }

    private func erased(
        _ items: [RetentionItem],
        on ground: OrganisationGateway.ErasureGround,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let list = try reader.value("list") { Digest(hex: $0) }
        guard list == ErasureList(items).sha256 else { throw GatewayError.planChanged }
        let done = try await gateway.erase(
            items,
            on: ground,
            by: try reader.agent(),
            confirmedBy: try reader.value("with") { $0.isPersonName ? $0 : nil }
        )
        return ControlAnswer([
            "list": .string(list.hex),
            "erased": .integer(Int64(done.items)), "keys": .integer(Int64(done.keys)),
        ])
    }
}

extension RetentionItem {
    fileprivate func json(on today: Day, _ gateway: OrganisationGateway) -> JSON {
        let (state, until) = words(on: today)
        return [
            "item": .string(word),
            "message": messageID.map { .string($0.text) },
            "parts": .integer(Int64(holdings.count)),
            "movedAt": .string(movedAt.description),
            "completedOn": completedOn.map { .string($0.description) },
            "state": .string(state),
            "until": until.map { .string($0.description) },
            "heldSince": ending.heldSince.map { .string($0.description) },
            "reason": ending.reason.map { .string($0) },
            "by": ending.by.map { .string($0) },
        ]
    }

    /// One by which people name it.
    private var messageID: MessageID? {
        holdings.lazy.compactMap(\.name.messageID).first
    }

    private func words(on today: Day) -> (state: String, until: Day?) {
        switch state(on: today) {
        case .unfinished(let isForgotten): (isForgotten ? "forgotten" : "unfinished", nil)
        case .kept(let day): ("kept", day)
        case .inUse: ("inUse", nil)
        case .held: ("held", nil)
        case .over(let day): ("over", day)
        }
    }
}
