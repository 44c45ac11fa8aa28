package import Primitives

/// Every small fault that an object of a strict form can have: what its reader must refuse.
package struct FormTable: Sendable {
    package enum Fault: String, CaseIterable, Sendable {
        case memberMissing, memberUnknown, typeWrong, textEmpty
    }

    /// One faulty form of the sample.
    package struct Variant: Sendable, CustomStringConvertible {
        package let fault: Fault
        package let place: JSONPointer
        package let json: JSON

        package var description: String { "\(fault.rawValue) at \(place)" }
    }

    package let sample: JSON
    private let optional: Set<String>
    private let free: Set<String>

    /// - Parameters:
    ///   - sample: with every member, also the optional ones, and no empty array.
    ///   - optional: pointers of members that may be left out.
    ///   - free: pointers of texts that may be empty.
    package init(_ sample: JSON, optional: Set<String> = [], free: Set<String> = []) {
        self.sample = sample
        self.optional = optional
        self.free = free
    }

    /// Those that must be refused.
    package var faults: [Variant] {
        variants(of: sample, at: JSONPointer()).filter { variant in
            switch variant.fault {
            case .memberMissing: !optional.contains(variant.place.description)
            case .textEmpty: !free.contains(variant.place.description)
            case .memberUnknown, .typeWrong: true
            }
        }
    }

    /// The sample without each optional member: those that must be read, and written the same.
    package var lighter: [Variant] {
        variants(of: sample, at: JSONPointer()).filter {
            $0.fault == .memberMissing && optional.contains($0.place.description)
        }
    }

    private func variants(of json: JSON, at place: JSONPointer) -> [Variant] {
        var variants = place.tokens.isEmpty ? [] : [changed(.typeWrong, place, to: other(json))]
        switch json {
        case .string: variants.append(changed(.textEmpty, place, to: ""))
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                variants += self.variants(of: element, at: place.appending(index))
            }
        case .object(let object):
            variants.append(changed(.memberUnknown, place.appending("unheardOf"), to: 1))
            for (name, value) in object.members {
                let place = place.appending(name)
                variants.append(changed(.memberMissing, place, to: nil))
                variants += self.variants(of: value, at: place)
            }
        default: break
        }
        return variants
    }

    private func changed(_ fault: Fault, _ place: JSONPointer, to value: JSON?) -> Variant {
        Variant(fault: fault, place: place, json: sample.setting(place.tokens[...], to: value))
    }

    private func other(_ json: JSON) -> JSON {
        switch json {
        case .string, .bool: 1
        case .array: [:]
        case .object: []
        default: "1"
        }
    }
}

extension JSON {
    /// The same value with another one, or none, at a place.
    package func setting(_ place: ArraySlice<String>, to value: JSON?) -> JSON {
        guard let name = place.first else { return value ?? .null }
        let rest = place.dropFirst()
        switch self {
        case .object(var object):
            object[name] = rest.isEmpty ? value : object[name]?.setting(rest, to: value)
            return .object(object)
        case .array(var elements):
            guard let index = Int(name), elements.indices.contains(index) else { return self }
            elements[index] = elements[index].setting(rest, to: value)
            return .array(elements)
        default: return self
        }
    }

    /// The same at a pointer such as `/desks/0/name`.
    package func setting(_ pointer: String, to value: JSON?) -> JSON {
        setting((JSONPointer(pointer) ?? JSONPointer()).tokens[...], to: value)
    }
}
