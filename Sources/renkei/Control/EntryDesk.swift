import Audit
import Directory
import Gateway
import Primitives
import Storage

/// Answers the calls about desks and members of the directory.
struct EntryDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "directory.show":
            let word = try reader.text("member")
            let found = gateway.view.members.first { $0.membership.isCalled(word) }
            guard let found else { throw GatewayError.notFound }
            return ControlAnswer(found.shown(in: gateway.view, on: gateway.today))
        case "desk.list":
            let entry = gateway.view.member(gateway.member)?.entry
            return ControlAnswer(["items": .array(entry?.desks.map(\.json) ?? [])])
        case "desk.add": return try await add(&reader)
        default: return try await change(&reader)
        }
    }

    private func add(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let id = try reader.value("desk", DeskID.init(_:))
        var desk = DirectoryDesk(
            id,
            name: try reader.filled("name"),
            kind: try reader.optionalValue("kind", Department.init(_:)) ?? Self.noDepartment
        )
        desk.telephone = try reader.optionalValue("telephone", TelephoneNumber.init(_:))
        try await gateway.addDesk(desk, by: try reader.agent())
        return ControlAnswer(["desk": .name(id)])
    }

    /// Each of `hours`, `careManagerHours`, `deputies` and `absence` that is given replaces what
    /// was there; false takes it away.
    private func change(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let id = try reader.value("desk", DeskID.init(_:))
        guard case .object(let parts) = try reader.required("change"), !parts.isEmpty else {
            throw reader.refusal(.wrongType, "change")
        }
        var changed: DirectoryDesk?
        try await gateway.changeDesk(id, by: try reader.agent()) { desk throws(GatewayError) in
            let known = desk
            desk = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
                try Self.desk(known, with: parts)
            }
            changed = desk
        }
        return ControlAnswer(changed?.json ?? [:])
    }

    private static func desk(
        _ desk: DirectoryDesk,
        with parts: JSONObject
    ) throws(DecodingRefusal) -> DirectoryDesk {
        var json = desk.json.object ?? JSONObject()
        for (name, value) in parts.members {
            guard changeable.contains(ByteText(name)) else {
                throw DecodingRefusal(.unknownMember, at: "/change")
            }
            if case .bool(false) = value { json[name] = nil } else { json[name] = value }
        }
        var reader = try ObjectReader(.object(json))
        let changed = try DirectoryDesk(reading: &reader)
        try reader.finish()
        return changed
    }

    private static let changeable: Set<ByteText> = [
        "hours", "careManagerHours", "deputies", "absence",
    ]

    private static let noDepartment: Department = {
        guard let none = Department("none") else { preconditionFailure("a code of the list") }
        return none
    }()
}

extension MemberSummary {
    /// Everything that is to be known before writing to a member. What keys have said that nobody
    /// has compared is not shown: whoever has stolen a name would answer at its number.
    fileprivate func shown(in view: DirectoryView, on today: Day) -> JSON {
        let isKeyChanged = !view.unchecked(of: memberID).isEmpty
        let entry = isKeyChanged ? nil : self.entry
        let profile = membership.profile
        let numbers = profile.officeNumbers.map { JSON.string($0.value) }
        return [
            "memberId": .name(memberID),
            "name": .string(profile.displayName),
            "type": .string(profile.organisationType.text),
            "status": .code(membership.standing.status),
            "connection": .code(membership.standing.connection),
            "officeNumbers": .array(numbers),
            "address": .string(profile.address),
            "telephone": view.telephone(of: memberID).map { .name($0) },
            "fax": entry?.fax.map { .name($0) },
            "emergencyTelephone": entry?.emergencyTelephone.map { .name($0) },
            "desks": .array(entry?.desks.map(\.json) ?? []),
            "closedDays": .array(entry?.closedDays.map(\.json) ?? []),
            "accepts": .array(entry?.accepts.map { .name($0.sheetType) } ?? []),
            "reviewedAt": entry.map { .day($0.reviewedAt) },
            "today": .day(today),
            "keyChanged": .bool(isKeyChanged),
        ]
    }
}

extension OrganisationGateway {
    /// How the desks of a message's recipients stand, where a sender must know something.
    func receptions(of message: MessageID) async throws -> JSON {
        .array(
            receptions(of: try await track(message)).compactMap { reception in
                guard reception.absence != nil || reception.opensAt != nil else { return nil }
                return [
                    "to": .name(reception.to),
                    "name": view.member(reception.to).map {
                        .string($0.membership.profile.displayName)
                    },
                    "desk": reception.deskName.map { .string($0) },
                    "absence": reception.absence?.json,
                    "opensAt": reception.opensAt.map { .time($0) },
                    "telephone": reception.telephone.map { .name($0) },
                ]
            }
        )
    }
}
