package import Primitives

// Entries as FHIR R4 AuditEvent, for systems that collect those: a view, never the record.
extension AuditAnswer {
    /// The entries of the answer as a Bundle of type `collection`.
    package var fhir: JSON {
        [
            "resourceType": "Bundle",
            "type": "collection",
            "entry": .array(
                entries.map { ["resource": $0.fhir(in: checkpoint.origin)] }
            ),
        ]
    }
}

extension AuditedEntry {
    /// - Source: https://hl7.org/fhir/R4/auditevent.html; the codes of events are our own.
    package func fhir(in origin: TreeOrigin) -> JSON {
        let facts = leaf.facts
        let event = facts.event.rawValue
        let category = event.split(separator: ".").first.map(String.init) ?? event
        return [
            "resourceType": "AuditEvent",
            "id": .string("leaf-\(index)"),
            "type": Self.coding(Self.events, category),
            "subtype": .array([Self.coding(Self.events, event)]),
            "action": AuditCatalogue.rule(facts.event, in: origin.kind).map {
                .string($0.action.rawValue)
            },
            "recorded": .string(leaf.at.description),
            "outcome": .string(String(facts.outcome.rawValue)),
            "outcomeDesc": facts.reason.map { .string($0.text) },
            "purposeOfEvent": facts.purpose.map { .array([Self.concept(of: $0)]) },
            "agent": .array(agents),
            "source": [
                "site": .string(origin.text),
                "observer": [
                    "identifier": Self.identifier(facts.organisation.text),
                    "display": .string(leaf.source.node.text),
                ],
            ],
            "entity": .array(entities),
        ]
    }

    private static let events = "urn:renkei:audit-event"
    private static let reasons = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
    private static let types = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
    private static let roles = "http://terminology.hl7.org/CodeSystem/object-role"

    private var agents: [JSON] {
        let actor = leaf.facts.actor
        var agents: [JSON] = [
            [
                "role": .array([["text": .string(actor.role.text)]]),
                "who": actorName.map { ["display": .string($0)] },
                "name": actorName.map { .string($0) },
                "requestor": .bool(actor.kind == .person || actor.kind == .software),
                "network": self[.network].map { ["address": .string($0)] },
                "purposeOfUse": leaf.facts.purpose.map { .array([Self.concept(of: $0)]) },
                "extension": .array([
                    [
                        "url": "urn:renkei:assurance",
                        "valueCode": .string(actor.assurance.rawValue),
                    ]
                ]),
            ]
        ]
        var organisations = [leaf.facts.organisation]
        if case .named(let peer)? = leaf.facts.peer { organisations.append(peer) }
        for organisation in organisations {
            agents.append([
                "who": [
                    "type": "Organization", "identifier": Self.identifier(organisation.text),
                ],
                "requestor": false,
            ])
        }
        return agents
    }

    private var entities: [JSON] {
        var entities: [JSON] = []
        if let patient = self[.patient] {
            entities.append([
                "what": ["type": "Patient", "display": .string(patient)],
                "type": Self.coding(Self.types, "1"),
                "role": Self.coding(Self.roles, "1"),
            ])
        }
        let object = leaf.facts.object
        let name: String? =
            switch object.name {
            case .clear(let name): name.text
            case .committed: self[.object]
            }
        entities.append([
            "what": name.map { ["identifier": Self.identifier($0)] },
            "type": Self.coding("urn:renkei:object-kind", object.kind.rawValue),
        ])
        if let consent = self[.consent] {
            entities.append([
                "what": ["type": "Consent", "display": .string(consent)],
                "type": Self.coding(Self.types, "2"),
                "role": Self.coding(Self.roles, "4"),
            ])
        }
        return entities
    }

    private static func coding(_ system: String, _ code: String) -> JSON {
        ["system": .string(system), "code": .string(code)]
    }

    private static func identifier(_ value: String) -> JSON {
        ["system": "urn:renkei:id", "value": .string(value)]
    }

    private static func concept(of purpose: AuditPurpose) -> JSON {
        let code =
            switch purpose {
            case .care: "TREAT"
            case .emergency: "ETREAT"
            case .breakGlass: "BTG"
            case .administration, .system: "HOPERAT"
            case .review: "HCOMPL"
            case .patientRequest: "PATRQT"
            case .legal: "HLEGAL"
            case .maintenance: "HSYSADMIN"
            }
        return ["coding": .array([coding(reasons, code)])]
    }
}
