//! The one macro behind all message tables.
//!
//! `messages!` takes tables of two shapes. A row of a `struct` names a member on the wire, its Rust field, its type and,
//! in brackets, marks for what the type cannot say (each a constant function of [`Field`](crate::schema::Field)); a row of
//! an `enum` pairs a text with a variant. From them come the type, its schema as a constant, reading, writing and
//! `into_owned`. `actions!` pairs requests with their responses and makes the enumerations over all of them.

macro_rules! messages {
    () => {};

    (
        $(#[$meta:meta])*
        struct $Name:ident<$lt:lifetime> { $($rows:tt)* }
        $($rest:tt)*
    ) => {
        messages!(@struct [$(#[$meta])*] $Name [$lt] [<$lt>] [<'static>] new Nothing { $($rows)* } {});
        messages!($($rest)*);
    };

    (
        $(#[$meta:meta])*
        struct $Name:ident { $($rows:tt)* }
        $($rest:tt)*
    ) => {
        messages!(@struct [$(#[$meta])*] $Name ['a] [] [] new Nothing { $($rows)* } {});
        messages!($($rest)*);
    };

    // As `struct`, for 2.x: its schemas are of draft 6, and every class may have custom data, which come last.
    (
        $(#[$meta:meta])*
        class $Name:ident<$lt:lifetime> { $($rows:tt)* }
        $($rest:tt)*
    ) => {
        messages!(@struct [$(#[$meta])*] $Name [$lt] [<$lt>] [<'static>] of_v2 CustomData { $($rows)* } {
            /// What the specification does not know.
            custom_data: Option<$crate::v2::CustomData<$lt>>,
        });
        messages!($($rest)*);
    };

    // A closed enumeration. The number in brackets, if any, is that of the values 2.0.1 has, which come first.
    (
        $(#[$meta:meta])*
        enum $Name:ident $(($before_v21:literal))? { $($(#[$doc:meta])* $wire:literal => $Variant:ident,)* }
        $($rest:tt)*
    ) => {
        messages!(@enum [$(#[$meta])*] $Name false [] $(($before_v21))? { $($(#[$doc])* $wire => $Variant,)* });
        messages!($($rest)*);
    };

    // An enumeration that makers are known to extend.
    (
        $(#[$meta:meta])*
        open enum $Name:ident { $($(#[$doc:meta])* $wire:literal => $Variant:ident,)* }
        $($rest:tt)*
    ) => {
        messages!(@enum [$(#[$meta])*] $Name true [
            /// A value of the maker's own, received under
            /// [`Leniency::VENDOR_ENUM`](crate::schema::Leniency::VENDOR_ENUM); cannot be sent.
            Vendor
        ] { $($(#[$doc])* $wire => $Variant,)* });
        messages!($($rest)*);
    };

    (@struct [$($meta:tt)*] $Name:ident [$lt:lifetime] [$($generics:tt)*] [$($owned:tt)*] $new:ident $Others:ident {
        $($(#[$doc:meta])* $wire:literal $field:ident: $Type:ty $([$($mark:ident($($arg:expr),*)),*])?,)*
    } {
        $($(#[$other_doc:meta])* $other:ident: $Other:ty,)?
    }) => {
        $($meta)*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $Name $($generics)* {
            $($(#[$doc])* pub $field: $Type,)*
            $($(#[$other_doc])* pub $other: $Other,)?
        }

        impl $($generics)* $crate::message::sealed::Sealed for $Name $($generics)* {}

        impl<$lt> $crate::message::Value<$lt> for $Name $($generics)* {
            const KIND: $crate::schema::Kind =
                $crate::schema::Kind::Object(<Self as $crate::message::Message<$lt>>::SCHEMA);

            fn read(members: &mut $crate::schema::Members<$lt, '_>) -> Self {
                Self::read_next(&mut members.lexer(), members.longest())
            }

            fn read_next(lexer: &mut $crate::json::Lexer<$lt>, longest: $crate::schema::Longest) -> Self {
                let mut slots = const { [$crate::schema::Slot::EMPTY; messages!(@count $($field)* $($other)?)] };
                let schema = <Self as $crate::message::Message<$lt>>::SCHEMA;
                let mut members = $crate::schema::Members::next(lexer, schema, &mut slots, longest);
                <Self as $crate::message::Message<$lt>>::from_members(&mut members)
            }

            fn write(&self, out: &mut $crate::schema::Output<'_>, kind: &'static $crate::schema::Kind) {
                out.object(self, kind);
            }

            fn write_member(value: Option<&Self>, members: &mut $crate::schema::MemberWriter<'_, '_>) {
                members.object(value.map(|value| value as _));
            }
        }

        impl $($generics)* $crate::message::WriteMembers for $Name $($generics)* {
            #[allow(unused_variables, reason = "some messages have no members")]
            fn write_members(&self, members: &mut $crate::schema::MemberWriter<'_, '_>) {
                $($crate::message::Value::write_member(Some(&self.$field), members);)*
                $($crate::message::Value::write_member(Some(&self.$other), members);)?
            }
        }

        impl<$lt> $crate::message::Message<$lt> for $Name $($generics)* {
            const SCHEMA: &'static $crate::schema::Object = &$crate::schema::Object {
                rows: &$crate::schema::Row::all([$(
                    $crate::schema::Entry::$new(
                        $wire,
                        <$Type as $crate::message::Value<$lt>>::KIND,
                        <$Type as $crate::message::Value<$lt>>::REQUIRED,
                    )$($(.$mark($($arg),*))*)?,
                )*]),
                names: concat!($($wire),*),
                others: $crate::schema::Others::$Others,
            };

            const NEWEST: $crate::schema::Version = messages!(@newest $new);

            #[allow(unused_variables, reason = "some messages have no members")]
            fn from_members(members: &mut $crate::schema::Members<$lt, '_>) -> Self {
                Self {
                    $($field: $crate::message::Value::read(members),)*
                    $($other: $crate::message::Value::read(members),)?
                }
            }

            fn check_and_read(
                text: &$lt str,
                version: $crate::schema::Version,
                tolerance: Option<&mut $crate::schema::Tolerance>,
            ) -> Result<Self, $crate::schema::Violation> {
                let mut slots = const { [$crate::schema::Slot::EMPTY; messages!(@count $($field)* $($other)?)] };
                let mut members = $crate::schema::Members::of(text, &mut slots);
                members.check(<Self as $crate::message::Message<$lt>>::SCHEMA, version, tolerance)?;
                Ok(<Self as $crate::message::Message<$lt>>::from_members(&mut members))
            }
        }

        #[cfg(feature = "alloc")]
        impl $($generics)* $crate::message::IntoOwned for $Name $($generics)* {
            type Owned = $Name $($owned)*;

            fn into_owned(self) -> Self::Owned {
                $Name {
                    $($field: $crate::message::IntoOwned::into_owned(self.$field),)*
                    $($other: $crate::message::IntoOwned::into_owned(self.$other),)?
                }
            }
        }

        #[cfg(feature = "alloc")]
        impl $crate::message::DecodeOwned for $Name $($owned)* {
            #[allow(elided_lifetimes_in_paths, reason = "some messages have a lifetime, some have none")]
            fn decode_owned(
                text: &str,
                version: $crate::schema::Version,
            ) -> Result<Self, $crate::schema::Violation> {
                let message: $Name = $crate::message::Message::decode(text, version)?;
                Ok($crate::message::IntoOwned::into_owned(message))
            }
        }

        #[cfg(feature = "serde")]
        impl $($generics)* ::serde::Serialize for $Name $($generics)* {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::with_serde::serialize(self, messages!(@newest $new), serializer)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de: $lt, $lt> ::serde::Deserialize<'de> for $Name $($generics)* {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::with_serde::deserialize(deserializer)
            }
        }
    };

    (@newest new) => { $crate::schema::Version::V16 };
    (@newest of_v2) => { $crate::schema::Version::V21 };

    (@enum [$($meta:tt)*] $Name:ident $open:literal [$($(#[$vendor_doc:meta])* $Vendor:ident)?] $(($before_v21:literal))? {
        $($(#[$doc:meta])* $wire:literal => $Variant:ident,)*
    }) => {
        $($meta)*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name {
            $($(#[$doc])* #[doc = concat!("`", $wire, "`")] $Variant,)*
            $($(#[$vendor_doc])* $Vendor,)?
        }

        impl $Name {
            /// All values of the enumeration, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            pub(crate) const TEXTS: &'static $crate::schema::Texts = &$crate::schema::texts![$($wire),*];

            /// The value at an index of the texts, or the one behind them all.
            #[allow(non_upper_case_globals, reason = "named as the variants")]
            fn at(index: u8) -> Option<Self> {
                $(const $Variant: u8 = $Name::$Variant as u8;)*
                $(const $Vendor: u8 = $Name::$Vendor as u8;)?
                match index {
                    $($Variant => Option::Some(Self::$Variant),)*
                    $($Vendor => Option::Some(Self::$Vendor),)?
                    _ => Option::None,
                }
            }

            /// The text on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                Self::TEXTS.get(self as usize).unwrap_or_default()
            }

            /// The value with that text on the wire; the case of letters matters.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                let at = Self::TEXTS.position(text)?;
                Self::ALL.get(at).copied()
            }
        }

        impl ::core::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::message::sealed::Sealed for $Name {}

        impl<'a> $crate::message::Value<'a> for $Name {
            const KIND: $crate::schema::Kind = $crate::schema::Kind::Choice {
                values: Self::TEXTS,
                listed: messages!(@listed Self::TEXTS.len() as u8, $($before_v21)?),
                open: $open,
            };

            fn read(members: &mut $crate::schema::Members<'a, '_>) -> Self {
                Self::read_optional(members).unwrap_or(Self::ALL[0])
            }

            fn read_optional(members: &mut $crate::schema::Members<'a, '_>) -> Option<Self> {
                Self::at(members.choice(Self::TEXTS, $open))
            }

            fn write(&self, out: &mut $crate::schema::Output<'_>, kind: &'static $crate::schema::Kind) {
                out.choice(*self as u8, kind);
            }

            fn write_member(value: Option<&Self>, members: &mut $crate::schema::MemberWriter<'_, '_>) {
                members.choice(value.map(|value| *value as u8));
            }
        }

        #[cfg(feature = "alloc")]
        impl $crate::message::IntoOwned for $Name {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        }

        #[cfg(feature = "serde")]
        impl ::serde::Serialize for $Name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::with_serde::serialize_choice(self.as_str(), serializer)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> ::serde::Deserialize<'de> for $Name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::with_serde::deserialize_choice(deserializer, Self::ALL, &[$($wire),*])
            }
        }
    };

    (@listed $all:expr,) => { $all };
    (@listed $all:expr, $before_v21:literal) => { $before_v21 };

    // The number of members.
    (@count $($field:ident)*) => {{
        const NAMES: &[&str] = &[$(stringify!($field)),*];
        NAMES.len()
    }};
}

/// Pairs the requests of a version with their responses, one line per action.
macro_rules! actions {
    (
        ($($parameter:tt)*) $version:expr, Request<$req:lifetime>, Response<$res:lifetime>;
        $(
            #[doc = $doc:literal]
            $Action:ident $(since $since:ident)?:
                $Request:ident $(<$lt:lifetime>)? => $Response:ident $(<$rlt:lifetime>)?,
        )*
    ) => {
        /// The actions of this version, named as on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $doc] $Action,)*
        }

        #[allow(elided_lifetimes_in_paths, reason = "some messages have a lifetime, some have none")]
        impl Action {
            /// All actions.
            pub const ALL: &'static [Self] = &[$(Self::$Action),*];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Action => stringify!($Action),)*
                }
            }

            /// Its functional block, who sends its request and, if it is not there from the start, since which version, in
            /// the words above: "Core, from the charge point."
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$Action => $doc.trim_ascii(),)*
                }
            }

            /// The first version that has the action.
            #[must_use]
            pub const fn since(self) -> Version {
                match self {
                    $(Self::$Action => actions!(@since $($since)?),)*
                }
            }

            /// Whether `version` has the action.
            #[must_use]
            pub fn is_in(self, version: Version) -> bool {
                version >= self.since()
            }

            /// Refuses the action under a version that does not have it.
            fn demand(self, schema: &'static Object, version: Version) -> Result<(), Violation> {
                if self.is_in(version) { Ok(()) } else { Err(Violation::of_root(Rule::Action, schema, version)) }
            }

            /// The action of that name, whatever its version; the case of letters matters.
            #[must_use]
            pub fn from_text(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == name)
            }

            /// The schema of the request.
            #[must_use]
            pub const fn request_schema(self) -> &'static Object {
                match self {
                    $(Self::$Action => <$Request as Message<'_>>::SCHEMA,)*
                }
            }

            /// The schema of the response.
            #[must_use]
            pub const fn response_schema(self) -> &'static Object {
                match self {
                    $(Self::$Action => <$Response as Message<'_>>::SCHEMA,)*
                }
            }
        }

        impl ::core::fmt::Display for Action {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        /// The most members a request or response has.
        #[allow(elided_lifetimes_in_paths, reason = "some messages have a lifetime, some have none")]
        pub(crate) const MOST_MEMBERS: usize = schema::most_members(&[$(
            <$Request as Message<'_>>::SCHEMA,
            <$Response as Message<'_>>::SCHEMA,
        )*]);

        actions!(@enum Request $req "request" request_schema ($($parameter)*) $version; $($Action $Request $(<$lt>)?,)*);
        actions!(@enum Response $res "response" response_schema ($($parameter)*) $version; $($Action $Response $(<$rlt>)?,)*);

        $(
            impl $(<$lt>)? Call for $Request $(<$lt>)? {
                type Action = Action;
                type Response<'r> = actions!(@response $Response $($rlt)? 'r);
                const ACTION: Action = Action::$Action;
                const NAME: &'static str = stringify!($Action);
            }
        )*
    };

    (@since) => { FIRST_VERSION };
    (@since $since:ident) => { Version::$since };

    (@response $Response:ident $free:lifetime) => { $Response };
    (@response $Response:ident $written:lifetime $free:lifetime) => { $Response<$free> };

    (
        @enum $Enum:ident $a:lifetime $word:literal $schema:ident ($($parameter:tt)*) $version:expr;
        $($Action:ident $Type:ident $(<$lt:lifetime>)?,)*
    ) => {
        #[doc = concat!("Any ", $word, " of this version.")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $Enum<$a> {
            $(
                #[doc = concat!("The ", $word, " of [`Action::", stringify!($Action), "`].")]
                $Action($Type $(<$lt>)?),
            )*
        }

        // A microcontroller has to hold a few of them on its stack.
        const _: () = assert!(
            size_of::<$Enum<'static>>() <= message::MAX_SIZE,
            "a message is too large: keep a part of it in a Nested",
        );

        impl<$a> $Enum<$a> {
            /// The action.
            #[must_use]
            pub const fn action(&self) -> Action {
                match self {
                    $(Self::$Action(_) => Action::$Action,)*
                }
            }

            #[doc = concat!("Checks the payload of a ", $word, " exactly and reads it.")]
            ///
            /// # Errors
            /// The first rule broken; [`Rule::Action`] if the version does not have the action.
            pub fn decode(action: Action, payload: &$a str $($parameter)*) -> Result<Self, Violation> {
                Self::read(action, payload, $version, None)
            }

            #[doc = concat!("Checks the payload of a ", $word, " and reads it, forgiving what `tolerance` allows.")]
            ///
            /// # Errors
            /// The first rule broken and not forgiven.
            pub fn decode_with(
                action: Action,
                payload: &$a str
                $($parameter)*,
                tolerance: &mut Tolerance,
            ) -> Result<Self, Violation> {
                Self::read(action, payload, $version, Some(tolerance))
            }

            fn read(
                action: Action,
                payload: &$a str,
                version: Version,
                tolerance: Option<&mut Tolerance>,
            ) -> Result<Self, Violation> {
                let schema = action.$schema();
                action.demand(schema, version)?;
                let mut slots = const { [Slot::EMPTY; MOST_MEMBERS] };
                let mut members = schema::Members::of(payload, &mut slots);
                members.check(schema, version, tolerance)?;
                Ok(match action {
                    $(Action::$Action => Self::$Action(Message::from_members(&mut members)),)*
                })
            }

            /// Writes the payload and checks it: whatever leaves satisfies the schema exactly.
            ///
            /// # Errors
            /// If the buffer is too small or a value breaks the schema.
            pub fn encode<'b>(&self, buffer: &'b mut [u8] $($parameter)*) -> Result<&'b str, EncodeError> {
                let message: &dyn WriteMembers = match self {
                    $(Self::$Action(message) => message,)*
                };
                let schema = self.action().$schema();
                self.action().demand(schema, $version)?;
                schema::encode(message, schema, $version, buffer)
            }

            /// The same message, borrowing nothing.
            #[cfg(feature = "alloc")]
            #[must_use]
            pub fn into_owned(self) -> $Enum<'static> {
                match self {
                    $(Self::$Action(message) => $Enum::$Action(IntoOwned::into_owned(message)),)*
                }
            }
        }

        $(
            impl<$a> From<$Type $(<$lt>)?> for $Enum<$a> {
                fn from(message: $Type $(<$lt>)?) -> Self {
                    Self::$Action(message)
                }
            }
        )*
    };
}
