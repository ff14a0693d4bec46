//! `NlMessage` on an enum: one of several messages, told apart by their types or commands.

use crate::attr::{Keys, Place};
use crate::errors::Errors;
use crate::expand::{block, in_static};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DataEnum, DeriveInput, Fields, GenericParam, Lifetime, Type};

/// The derive, from its input to its output.
pub(crate) fn derive(input: &DeriveInput, data: &DataEnum) -> TokenStream {
    let mut errors = Errors::default();
    let keys = Keys::new(&input.attrs, Place::MessageEnum, &mut errors);
    let library = keys.library(&mut errors);
    let model = Model::new(input, data, &mut errors);
    match errors.into_tokens() {
        Some(errors) => errors,
        None => block(&library, model.expand()),
    }
}

struct Model<'m> {
    input: &'m DeriveInput,
    lt: Lifetime,
    /// The messages: variants and what they hold.
    messages: Vec<(&'m Ident, &'m Type)>,
    /// The variant for all others.
    other: Option<&'m Ident>,
}

impl<'m> Model<'m> {
    fn new(input: &'m DeriveInput, data: &'m DataEnum, errors: &mut Errors) -> Self {
        let lt = input.generics.lifetimes().next().map(|param| param.lifetime.clone());
        let lt = lt.unwrap_or_else(|| Lifetime::new("'a", Span::call_site()));
        let mut model = Self { input, lt, messages: Vec::new(), other: None };
        if data.variants.is_empty() {
            errors.at(&input.ident, "an enum of messages needs a variant: write `New(RouteNew<'a>)`");
        }
        for param in &input.generics.params {
            if !matches!(param, GenericParam::Lifetime(_)) {
                errors.at(
                    param,
                    "a definition has no type and const parameters, since its schema is one constant",
                );
            }
        }
        for param in input.generics.lifetimes().skip(1) {
            errors.at(param, "one lifetime is enough: all that is borrowed lies in the same message");
        }
        for variant in &data.variants {
            let other = Keys::new(&variant.attrs, Place::MessageVariant, errors).flag("other", errors);
            let name = &variant.ident;
            match (&variant.fields, other) {
                (Fields::Unnamed(fields), None) if fields.unnamed.len() == 1 => {
                    model.messages.extend(fields.unnamed.first().map(|field| (name, &field.ty)));
                }
                (Fields::Unnamed(fields), Some(_)) if fields.unnamed.len() == 1 && model.other.is_none() => {
                    model.other = Some(name);
                }
                (Fields::Unnamed(fields), Some(span)) if fields.unnamed.len() == 1 => {
                    errors.at_span(span, "one `other` takes all other messages");
                }
                (_, Some(_)) => {
                    errors.at(variant, format!("other messages are kept: write `{name}(Message<'a>)`"))
                }
                (_, None) => {
                    errors.at(variant, format!("a variant holds one message: write `{name}(RouteNew<'a>)`"));
                }
            }
        }
        model
    }

    fn expand(&self) -> TokenStream {
        let Self { input, lt, messages, other } = self;
        let (name, generics) = (&input.ident, input.generics.split_for_impl().1);
        let schemas: Vec<_> = messages.iter().map(|(_, ty)| schemas(ty)).collect();
        let parse = messages.iter().zip(&schemas).map(|((variant, ty), schemas)| {
            quote! {
                if __nl::is_one_of(__message, __family, #schemas) {
                    return <#ty as __nl::ParseMessage<#lt>>::parse_in(__message, __family).map(Self::#variant);
                }
            }
        });
        let parse_other = match other {
            Some(other) => quote!(__nl::Ok(Self::#other(*__message))),
            None => quote!(__nl::Err(__nl::unknown_message(__message))),
        };
        let emit = messages.iter().map(|(variant, ty)| {
            quote!(Self::#variant(__item) => <#ty as __nl::NlMessage>::emit_into(__item, __w, __header),)
        });
        let emit_other = other
            .map(|other| quote!(Self::#other(__message) => __nl::emit_message(__message, __w, __header),));
        let schema = messages
            .iter()
            .map(|(variant, ty)| quote!(Self::#variant(__item) => <#ty as __nl::NlMessage>::schema(__item),));
        let schema_other = other.map(|other| quote!(Self::#other(_) => __nl::MessageSchema::UNKNOWN,));
        let checks = self.checks(&schemas);
        quote! {
            #checks

            #[automatically_derived]
            impl #generics __nl::NlMessage for #name #generics {
                const SCHEMAS: &'static [&'static __nl::MessageSchema] = __SCHEMAS;

                #[inline]
                fn emit_into(
                    &self,
                    __w: &mut __nl::Writer<'_>,
                    __header: __nl::Header,
                ) -> __nl::Result<()> {
                    match self {
                        #(#emit)*
                        #emit_other
                    }
                }

                #[inline]
                fn schema(&self) -> &'static __nl::MessageSchema {
                    match self {
                        #(#schema)*
                        #schema_other
                    }
                }
            }

            #[automatically_derived]
            impl<#lt> __nl::ParseMessage<#lt> for #name #generics {
                type Attr = __nl::Attr<#lt>;

                #[inline]
                fn parse_in(
                    __message: &__nl::Message<#lt>,
                    __family: __nl::Option<__nl::MessageType>,
                ) -> __nl::Result<Self> {
                    #(#parse)*
                    #parse_other
                }
            }
        }
    }

    /// All schemas, and that each message can be told from those before it.
    fn checks(&self, schemas: &[TokenStream]) -> TokenStream {
        let checks = self.messages.iter().enumerate().skip(1).map(|(i, (variant, ty))| {
            let message =
                format!("`{variant}` cannot be told from a variant before it: same type, same command, or one by type and one by command");
            let (before, own) = (schemas.iter().take(i), &schemas[i]);
            quote_spanned! {ty.span()=>
                const _: () = ::core::assert!(__nl::are_distinct(#own, &[#(#before),*]), #message);
            }
        });
        let all = quote! {
            const __SCHEMAS: &[&__nl::MessageSchema] =
                &__nl::concat::<{ 0 #(+ #schemas.len())* }>(&[#(#schemas),*]);
        };
        in_static(checks.chain([all]).collect(), &self.lt)
    }
}

fn schemas(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as __nl::NlMessage>::SCHEMAS)
}
