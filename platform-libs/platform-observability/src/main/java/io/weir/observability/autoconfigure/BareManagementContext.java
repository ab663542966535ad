package io.weir.observability.autoconfigure;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.server.handler.ResponseStatusExceptionHandler;

/// Serves the management port without the main port's filters, which a child context would inherit: a scrape has no
/// passport and no API key.
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
public final class BareManagementContext {

    @Bean
    static BeanPostProcessor withoutTheMainPortsFilters(ApplicationContext context) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof HttpHandler ? bare(context) : bean;
            }
        };
    }

    private static HttpHandler bare(ApplicationContext context) {
        WebHandler endpoints = context.getBean(WebHttpHandlerBuilder.WEB_HANDLER_BEAN_NAME, WebHandler.class);
        return WebHttpHandlerBuilder.webHandler(endpoints)
                .exceptionHandler(new ResponseStatusExceptionHandler())
                .build();
    }
}
