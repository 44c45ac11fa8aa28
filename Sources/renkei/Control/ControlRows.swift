import Audit
import Delivery
import Directory
import Gateway
import Primitives
import Storage

// Rows of a store as the command line prints them: stable camelCase names.

extension OutboxRow {
    func json(_ progress: OrganisationGateway.Progress? = nil) -> JSON {
        [
            "messageId": .string(message.text),
            "threadId": .string(thread.text),
            "sheetType": .string(sheetType.text),
            "urgency": .string(urgency.rawValue),
            "createdAt": .string(createdAt.description),
            "holdUntil": .string(holdUntil.description),
            "expiresAt": .string(expiresAt.description),
            "blockedFor": blockedFor.map { .string($0.rawValue) },
            "replaces": replaces.map { .string($0.text) },
            "replacedBy": replacedBy.map { .string($0.text) },
            "state": copies.map(\.state).leastAdvanced.map { .string($0.rawValue) },
            "upload": progress.map {
                ["done": .integer(Int64($0.done)), "total": .integer(Int64($0.total))]
            },
            "copies": .array(
                copies.map { copy in
                    [
                        "to": .string(copy.to.text),
                        "state": .string(copy.state.rawValue),
                        "at": .string(copy.movedAt.description),
                    ]
                }
            ),
        ]
    }
}

extension OrganisationGateway.Course {
    /// The row, and beside its copies what was said of each.
    func json(_ progress: OrganisationGateway.Progress? = nil) -> JSON {
        let json = row.json(progress)
        guard case .object(var object) = json else { return json }
        if let takenBackFor {
            object["withdrawal"] = [
                "reason": .string(takenBackFor.rawValue),
                "requestedAt": takenBackAt.map { .string($0.description) },
            ]
        }
        object["resentAs"] = resentAs.map { .string($0.text) }
        object["copies"] = .array(copies.map(\.json))
        return .object(object)
    }
}

extension OrganisationGateway.Course.Copy {
    fileprivate var json: JSON {
        [
            "to": .string(copy.to.text),
            "state": .string(copy.state.rawValue),
            "at": .string(copy.movedAt.description),
            "withdrawal": answer.map { answer in
                var object: JSONObject = [
                    "outcome": .string(answer.outcome.code.rawValue),
                    "answeredAt": .string(answer.at.description),
                ]
                switch answer.outcome {
                case .released(let at): object["releasedAt"] = .string(at.description)
                case .alreadyOpened(let at): object["openedAt"] = .string(at.description)
                case .neverReleased, .neverOpened: break
                }
                return .object(object)
            },
            "warnings": .array(
                warnings.map {
                    [
                        "kind": .string($0.kind.rawValue), "at": .string($0.at.description),
                    ]
                }
            ),
            "telephone": telephone.map { .string($0.text) },
            "emergency": isEmergency ? true : nil,
            "refusal": refusal.map { code in
                [
                    "code": .string(code.rawValue),
                    "whoMustAct": .string(code.whoMustAct.rawValue),
                    "resend": .string(code.resend.rawValue),
                ]
            },
        ]
    }
}

extension OrganisationGateway.Late {
    func json(_ gateway: OrganisationGateway) -> JSON {
        [
            "messageId": .string(warning.key.messageID.text),
            "isSent": .bool(warning.key.from == gateway.member),
            "peer": .string(peer.text),
            "kind": .string(warning.kind.rawValue),
            "at": .string(warning.at.description),
            "telephone": telephone.map { .string($0.text) },
        ]
    }
}

extension OrganisationGateway.DifferingDay {
    var json: JSON {
        [
            "day": .string(day.description),
            "peer": .string(peer.text),
            "telephone": telephone.map { .string($0.text) },
            "missingHere": difference.missingHere.map { .texts($0.map(\.text)) },
            "missingThere": difference.missingThere.map { .texts($0.map(\.text)) },
        ]
    }
}

extension WithdrawalStatement {
    var json: JSON {
        [
            "reason": .string(reason.rawValue),
            "requestedAt": .string(requestedAt.description),
        ]
    }
}

extension InboxRow {
    /// With the sender's name from the directory; nothing of the sheet's content.
    func json(_ gateway: OrganisationGateway, _ withdrawal: WithdrawalStatement?) -> JSON {
        [
            "withdrawal": withdrawal?.json,
            "messageId": .string(key.messageID.text),
            "from": .string(key.from.text),
            "fromName": gateway.view.member(key.from).map {
                .string($0.membership.profile.displayName)
            },
            "state": .string(state?.rawValue ?? "quarantined"),
            "urgency": .string(urgency.rawValue),
            "sheetType": sheet.map { .string($0.sheetType.text) },
            "threadId": sheet.map { .string($0.thread.text) },
            "receivedAt": .string(receivedAt.description),
            "reason": reason.map { .string($0.rawValue) },
            "replaces": sheet?.replaces.map { .string($0.text) },
            "replacedBy": replacedBy.map { .string($0.text) },
        ]
    }
}

extension OrganisationGateway.EarlierSheet {
    var json: JSON {
        [
            "messageId": .string(message.text), "at": .string(at.description),
            "paper": .bool(isPaper),
        ]
    }
}

extension OrganisationGateway.TrackedReceipt {
    var json: JSON {
        [
            "type": .string(statement.type.rawValue),
            "issuer": .string(statement.issuer.text),
            "sha256": .string(statement.sha256.hex),
            "to": statement.slot.recipient.map { .string($0.text) },
            "storedAt": .string(statement.storedAt.description),
            "proved": .bool(proof != nil),
            "by": disclosure?.value(.actorName).map { .string($0) },
            "role": disclosure?.value(.actorRole).map { .string($0) },
            "emergency": isEmergency ? true : nil,
        ]
    }
}
